export { type ComposeRequest, composeFile, LOCAL_IMAGE } from './compose.ts';
