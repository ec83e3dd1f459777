// Finds programs of the system that some tests need, and waits for conditions without fixed sleeps.

import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The path of a program, null when it is not installed. */
export function findTool(name: string): string | null {
  const { PATH = '' } = process.env;
  const folders = [...PATH.split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here
    }
  }
  return null;
}

/** What a test is to be skipped for: the first of these programs that is missing; false when all are there. */
export function missingTool(...names: readonly string[]): string | false {
  const missing = names.find((name) => findTool(name) === null);
  return missing === undefined ? false : `${missing} is not installed`;
}

const servers = new Set<ChildProcess>();

/** Whoever is cut short leaves no server behind. */
export function endedWith(server: ChildProcess): ChildProcess {
  if (servers.size === 0) process.once('exit', endServers);
  servers.add(server);
  server.once('exit', () => {
    servers.delete(server);
    if (servers.size === 0) process.off('exit', endServers);
  });
  return server;
}

function endServers(): void {
  for (const server of servers) server.kill('SIGKILL');
}

/** Asks again and again until the answer is truthy. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await pause(20);
  }
}

// Below the ports the kernel hands out, and apart from those of test files running at the same time.
let nextPort = 10_240 + (process.pid % 1100) * 20;

/** A port free for UDP and TCP on 127.0.0.1 and, where there is one, ::1. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort;
    nextPort = nextPort >= 32_700 ? 10_240 : nextPort + 1;
    if ((await isFreeTcp(port)) && (await isFreeUdp(port))) return port;
  }
}

function isFreeTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function isFreeUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
