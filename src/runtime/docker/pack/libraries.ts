import { execFile } from 'node:child_process';
import path from 'node:path';

/**
 * Shared libraries that programs need, as absolute paths, and their loader: what ldd(1) names, which asks the loader itself.
 * Scripts and static programs need none.
 */
export async function librariesOf(files: readonly string[]): Promise<readonly string[]> {
  const text = await new Promise<string>((resolve) => {
    // It fails where one of the files is no dynamic program, and names the libraries of the others all the same.
    execFile('ldd', files, { maxBuffer: 16e6, env: { ...process.env, LC_ALL: 'C' } }, (_, stdout) => resolve(stdout));
  });
  return parseLdd(text);
}

/** Reads what ldd prints: `libm.so.6 => /lib/libm.so.6 (0x…)`, `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
export function parseLdd(text: string): readonly string[] {
  const found = [...text.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gmu)].map(([, file = '']) => file);
  return [...new Set(found)];
}

/** The folder of iptables' extensions, which it opens by name: it lies beside the library that opens them. */
export function extensionFolder(libraries: readonly string[], real: (file: string) => string): string | undefined {
  const library = libraries.find((file) => path.basename(file).startsWith('libxtables.so'));
  return library === undefined ? undefined : path.join(path.dirname(real(library)), 'xtables');
}
