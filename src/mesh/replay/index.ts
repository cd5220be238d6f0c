export { isReplayed, type ReplayedVariant, variantComplaints } from './check.ts';
export { isHost } from './entry.ts';
export { type UnknownExtension, unknownExtension, withoutExtension } from './extensions.ts';
export { type Replay, type Replayed, replayMesh } from './replay.ts';
export { withoutSecrets } from './secrets.ts';
export { type ReplayKind, type ReplaySource, readSource } from './source.ts';
