/** What is worked out from the texts of target files: plain data in, plain data out, so that another thread can do it. */
import { applyEdit, doubtsOf, type TargetTexts } from './apply-edit.ts';
import type { AppConfig, TrackedImage, Warning } from './config/annotations.ts';
import type { ManifestPlaces } from './config/write-target.ts';
import { heldVersion } from './current.ts';
import type { TargetEdit } from './edit/edit.ts';
import { type Links, linksOf } from './folder-effect.ts';
import { selectManifestFiles } from './edit/manifests/files.ts';
import { type Held, stepBackInGit } from './held-back.ts';
import type { KnownVersion } from './decide/live.ts';
import { type Outcome, succeed } from './base/outcome.ts';
import { settleNow } from './base/settle.ts';
import { parseRegistriesConf, type RegistriesConf } from './registries/registries.ts';
import { type VersionPlace, versionPlaces } from './version-places.ts';
import { readDocuments } from './documents/documents.ts';
import type { EditedFile } from './yaml/edited-file.ts';

/** Name -> what is asked, and what is answered. */
export interface FileTasks {
  readonly edit: { readonly asked: TargetEdit; readonly answer: readonly EditedFile[] };
  /** Why what is wanted may be without effect though the files hold it. */
  readonly doubts: { readonly asked: TargetEdit; readonly answer: readonly string[] };
  /** One version per image, in order. */
  readonly versions: { readonly asked: VersionsAsked; readonly answer: readonly KnownVersion[] };
  /** Which of the listed files a target means. */
  readonly select: { readonly asked: SelectionAsked; readonly answer: readonly string[] };
  /** Where versions stand: one list per image, in order. */
  readonly places: {
    readonly asked: { readonly images: readonly TrackedImage[]; readonly edit: TargetEdit };
    readonly answer: readonly (readonly VersionPlace[])[];
  };
  /** What kustomizations lead to. */
  readonly links: { readonly asked: undefined; readonly answer: Links };
  readonly stepBack: { readonly asked: Held; readonly answer: Warning | undefined };
  /** Of `registries.conf`, the one text. */
  readonly registries: { readonly asked: undefined; readonly answer: RegistriesConf };
  /** All objects of one file of manifests. */
  readonly documents: { readonly asked: undefined; readonly answer: readonly unknown[] };
}

export type FileTaskName = keyof FileTasks;

export interface VersionsAsked extends Pick<AppConfig, 'app' | 'writeBack'> {
  readonly images: readonly TrackedImage[];
  readonly edit: TargetEdit;
}

export interface SelectionAsked {
  readonly target: ManifestPlaces;
  readonly listed: readonly string[];
}

type Tasks = {
  readonly [Name in FileTaskName]: {
    readonly perform: (
      texts: TargetTexts,
      asked: FileTasks[Name]['asked'],
    ) => Outcome<FileTasks[Name]['answer']>;
    /** Characters that are read for it. */
    readonly size: (texts: TargetTexts, asked: FileTasks[Name]['asked']) => number;
  };
};

const tasks: Tasks = {
  edit: {
    perform: (texts, edit) => applyEdit(edit, texts),
    size: charactersOf,
  },
  doubts: {
    perform: (texts, edit) => succeed(doubtsOf(edit, texts)),
    size: charactersOf,
  },
  versions: {
    perform: (texts, { images, edit, ...config }) =>
      succeed(images.map((image) => heldVersion(config, image, edit, texts))),
    size: (texts, { images }) => charactersOf(texts) * images.length,
  },
  select: {
    perform: (_, { target, listed }) => selectManifestFiles(target, listed),
    size: (_, { target, listed }) => target.paths.length * listed.reduce((sum, path) => sum + path.length, 0),
  },
  places: {
    perform: (texts, { images, edit }) => succeed(images.map((image) => versionPlaces(image, edit, texts))),
    size: (texts, { images }) => charactersOf(texts) * images.length,
  },
  links: {
    perform: (texts) => succeed(linksOf(texts)),
    size: charactersOf,
  },
  stepBack: {
    perform: (texts, held) => succeed(stepBackInGit(held, texts)),
    size: (texts, { updates }) => charactersOf(texts) * updates.length,
  },
  registries: {
    perform: (texts) => parseRegistriesConf([...texts.values()].join('')),
    size: charactersOf,
  },
  documents: {
    perform: (texts) => readDocuments([...texts.values()].join('')),
    size: charactersOf,
  },
};

/** A bug in a task hurts its own Application only. */
export function performFileTask<Name extends FileTaskName>(
  name: Name,
  texts: TargetTexts,
  asked: FileTasks[Name]['asked'],
): Outcome<FileTasks[Name]['answer']> {
  const outcome = settleNow(() => tasks[name].perform(texts, asked));
  return outcome.ok ? outcome.value : outcome;
}

/** Characters that will be read. */
export function charactersToRead<Name extends FileTaskName>(
  name: Name,
  texts: TargetTexts,
  asked: FileTasks[Name]['asked'],
): number {
  return tasks[name].size(texts, asked);
}

function charactersOf(texts: TargetTexts): number {
  return texts.values().reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
