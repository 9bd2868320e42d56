/** Circles of a directed graph. */

/** Groups of nodes that reach one another, those of one node only where it reaches itself. In time linear in nodes and edges. */
export function circlesOf<Node>(
  nodes: Iterable<Node>,
  next: (node: Node) => Iterable<Node>,
): readonly (readonly Node[])[] {
  const walk = new Walk(next);
  for (const node of nodes) walk.from(node);
  return walk.circles;
}

interface Frame<Node> {
  readonly node: Node;
  readonly following: Iterator<Node>;
  /** Whether an edge leads from the node to itself. */
  isLoop: boolean;
}

/** Tarjan's algorithm, without recursion: a chain may be as long as the graph. */
class Walk<Node> {
  readonly circles: Node[][] = [];
  readonly #next: (node: Node) => Iterable<Node>;
  readonly #order = new Map<Node, number>();
  /** The earliest node, by its order, that a node is known to reach. */
  readonly #lowest = new Map<Node, number>();
  readonly #open: Node[] = [];
  readonly #isOpen = new Set<Node>();
  readonly #frames: Frame<Node>[] = [];

  constructor(next: (node: Node) => Iterable<Node>) {
    this.#next = next;
  }

  from(start: Node): void {
    if (this.#order.has(start)) return;
    this.#enter(start);
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const step = frame.following.next();
      if (step.done === true) this.#leave(frame);
      else this.#follow(frame, step.value);
    }
  }

  #enter(node: Node): void {
    this.#lowest.set(node, this.#order.size);
    this.#order.set(node, this.#order.size);
    this.#open.push(node);
    this.#isOpen.add(node);
    this.#frames.push({ node, following: this.#next(node)[Symbol.iterator](), isLoop: false });
  }

  #follow(frame: Frame<Node>, to: Node): void {
    frame.isLoop ||= to === frame.node;
    const order = this.#order.get(to);
    if (order === undefined) this.#enter(to);
    else if (this.#isOpen.has(to)) this.#lower(frame.node, order);
  }

  #lower(node: Node, order: number): void {
    this.#lowest.set(node, Math.min(this.#lowest.get(node) ?? order, order));
  }

  #leave({ node, isLoop }: Frame<Node>): void {
    this.#frames.pop();
    const lowest = this.#lowest.get(node) ?? 0;
    const parent = this.#frames.at(-1);
    if (parent !== undefined) this.#lower(parent.node, lowest);
    if (lowest !== this.#order.get(node)) return;
    const members = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of members) this.#isOpen.delete(member);
    if (members.length > 1 || isLoop) this.circles.push(members);
  }
}
