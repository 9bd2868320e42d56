/**
 * What the page does where scripts run: it shows another view, and the newest state, without being loaded again. All
 * of it is made by the server, so that there is one place that makes it.
 */
export const pageScript = `
(() => {
  const form = document.querySelector('form');
  let ticket = 0, timer, typing, heard = new Date();
  const fragment = decodeURIComponent(location.hash.slice(1));
  if (fragment.includes('/') && !location.search) { location.replace('?app=' + encodeURIComponent(fragment)); return; }
  async function show(address) {
    const mine = ++ticket;
    clearTimeout(timer);
    try {
      const answer = await fetch(address, { cache: 'no-store' });
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (mine !== ticket) return;
      replace(new DOMParser().parseFromString(text, 'text/html'));
      heard = new Date();
    } catch { if (mine === ticket) lost(); }
    if (mine === ticket) timer = setTimeout(refresh, 5000);
  }
  function replace(next) {
    const open = new Set([...document.querySelectorAll('details[open]')].map((each) => each.dataset.open));
    document.title = next.title;
    for (const part of document.querySelectorAll('[data-live]')) {
      const fresh = next.querySelector('[data-live="' + part.dataset.live + '"]');
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
    for (const each of document.querySelectorAll('details')) each.open = open.has(each.dataset.open);
  }
  function lost() {
    const note = document.querySelector('.lost');
    note.hidden = false;
    note.querySelector('time').textContent = heard.toLocaleTimeString();
  }
  function refresh() {
    if (document.hidden) timer = setTimeout(refresh, 5000);
    else show(location.search || '?');
  }
  function view(address) {
    history.replaceState(null, '', address);
    show(address);
  }
  function wanted() {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value || (name === 'sort' && value === 'state')) query.delete(name);
    return '?' + query;
  }
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-view]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const next = new URL(link.href).searchParams;
    if (!form || next.has('app')) return;
    event.preventDefault();
    form.elements.sort.value = next.get('sort') || 'state';
    view(link.getAttribute('href'));
  });
  if (form) {
    form.querySelector('button').hidden = true;
    form.addEventListener('submit', (event) => { event.preventDefault(); view(wanted()); });
    form.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(() => view(wanted()), 120); });
  }
  timer = setTimeout(refresh, 5000);
})();
`;
