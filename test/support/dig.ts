// Runs dig or kdig against a server and picks out of its output what tests look at.
import { execFile } from 'node:child_process';
import type { Server } from './client.ts';
import { findTool } from './tool.ts';

export interface DigResult {
  readonly text: string;
  /** NOERROR, NXDOMAIN …; empty when there was no response. */
  readonly status: string;
  readonly flags: readonly string[];
  /** Records of the answer section, white space folded. */
  readonly answer: readonly string[];
}

/** One query by dig (or kdig), 2 s, no second try. */
export function dig(
  server: Server,
  args: readonly string[],
  tool: 'dig' | 'kdig' = 'dig',
): Promise<DigResult> {
  const path = findTool(tool);
  if (path === null) return Promise.reject(new Error(`${tool} is not installed`));
  const patience = tool === 'dig' ? ['+time=2', '+tries=1'] : ['+time=2', '+retry=0'];
  const all = [...patience, '-p', String(server.port), `@${server.host}`, ...args];
  return new Promise((resolve) => {
    execFile(path, all, { timeout: 15_000 }, (_error, stdout, stderr) => {
      const text = `${stdout}${stderr}`;
      const section = /;; ANSWER SECTION:\n([\s\S]*?)(?:\n\n|$)/.exec(text)?.[1] ?? '';
      resolve({
        text,
        status: /status: ([A-Z0-9]+)/.exec(text)?.[1] ?? '',
        flags: (/flags: ([a-z ]*);/i.exec(text)?.[1] ?? '').trim().split(/\s+/),
        answer: section
          .split('\n')
          .map((line) => line.trim().replace(/\s+/g, ' '))
          .filter((line) => line !== ''),
      });
    });
  });
}
