import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BenchError } from '../../../units/index.ts';
import type { ProgramImage } from '../../runtime.ts';
import { parseReference } from './reference.ts';

/** Public images by digest. */
export interface ImageList {
  /** Node of the agents. */
  readonly node: string;
  /** Envoy by version. */
  readonly envoy: Readonly<Record<string, string>>;
}

/** Where each digest comes from: docs/docker.md. */
const PUBLIC_IMAGES: ImageList = {
  node: 'node:26.10.0-bookworm-slim@sha256:662933cf47f013bc8e4beb31a6116448427a82057ba7c42c97e4c5ba766504c2',
  envoy: {
    '1.36.2': 'envoyproxy/envoy:v1.36.2@sha256:4972515dd9a069b44beb43cebba7851596e72a8c61cd7a7c33d8f48efc5280ba',
    '1.37.2': 'envoyproxy/envoy:v1.37.2@sha256:c5e8a68e52f4d4697a9adb280dbe415d77fedf1257e183dcb86205bd438f18bd',
    '1.38.3': 'envoyproxy/envoy:v1.38.3@sha256:5f7c43e1147412fdb3af578c651c67478a3df818eae89d2261e707e06c209cdb',
    '1.39.1': 'envoyproxy/envoy:v1.39.1@sha256:57e14a549d7bd43c8d3f6d03e8cfa653e037d4b38e133acd9b54f38c524401b4',
    '1.39.3': 'envoyproxy/envoy:v1.39.3@sha256:dd85940439de19a0b6ae8419610363ea0ad351d9a994ea007161c206ec1e1865',
  },
};

const listSchema = z.strictObject({ node: z.string(), envoy: z.record(z.string(), z.string()) });

/** Where the program is in every image of Envoy, and of Node. */
const PROGRAMS = { envoy: '/usr/local/bin/envoy', node: '/usr/local/bin/node' } as const;

/** The images above, or those of the file that MESHBENCH_IMAGE_LIST names. @throws BenchError usage for a file that is no such list. */
export function imageList(env: NodeJS.ProcessEnv = process.env): ImageList {
  const file = env['MESHBENCH_IMAGE_LIST'];
  return file === undefined || file === '' ? PUBLIC_IMAGES : readList(file);
}

/** The image of an Envoy; the newest where no version is asked for. @throws BenchError usage where none of that version is known. */
export function envoyImage(
  { envoy }: ImageList,
  wanted: string | undefined,
): ProgramImage & { readonly version: string } {
  const versions = Object.keys(envoy).sort(byVersion);
  const version = wanted ?? versions.at(-1) ?? '';
  const image = envoy[version];
  if (image !== undefined) return { image, path: PROGRAMS.envoy, version };
  const known = versions.length === 0 ? 'of none' : `of ${versions.join(', ')}`;
  throw new BenchError('usage', 'IMAGE_UNKNOWN', `no image of Envoy ${version} is known by its digest, but ${known}`, {
    hint: 'name one of these by mesh.envoy.version, list your own in the file of MESHBENCH_IMAGE_LIST, or leave out --images pull',
  });
}

export function nodeImage({ node }: ImageList): ProgramImage {
  return { image: node, path: PROGRAMS.node };
}

function readList(file: string): ImageList {
  try {
    const list = listSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const image of [list.node, ...Object.values(list.envoy)]) parseReference(image);
    return list;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new BenchError(
      'usage',
      'IMAGE_LIST',
      `${file}, which MESHBENCH_IMAGE_LIST names, is no list of images: ${reason}`,
      {
        hint: 'write {"node": "name@sha256:…", "envoy": {"1.39.3": "name@sha256:…"}}',
        cause,
      },
    );
  }
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
