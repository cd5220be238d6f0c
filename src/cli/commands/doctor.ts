import type { Command } from 'commander';
import { doctor } from '../../setup/index.ts';
import { EXIT_CODE } from '../../units/index.ts';
import type { Context } from '../context.ts';

const MARK = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** `doctor`: what this machine has and lacks. */
export function addDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .summary('check what this machine has and lacks; changes nothing')
    .option('--json', 'print the checks as JSON')
    .action(async (flags: { json?: boolean }) => {
      const checks = await doctor();
      if (flags.json === true) context.terminal.out(`${JSON.stringify(checks, null, 2)}\n`);
      else {
        for (const { status, name, detail, remedy } of checks) {
          context.terminal.out(`${MARK[status]}  ${name}: ${detail}\n`);
          if (remedy !== undefined) context.terminal.out(`      → ${remedy}\n`);
        }
      }
      if (checks.some(({ status }) => status === 'fail')) context.exit(EXIT_CODE.preflight);
    });
}
