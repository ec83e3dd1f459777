// One page in Chromium, driven over the DevTools protocol: what is on it, asked as expressions, and keys and sizes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findTool } from './tool.ts';

export interface Page {
  /** The value of an expression in the page; promises are awaited. */
  readonly value: <T>(expression: string) => Promise<T>;
  readonly resize: (width: number, height: number) => Promise<void>;
  /** What the person prefers. */
  readonly scheme: (scheme: 'dark' | 'light') => Promise<void>;
  /** As on paper. */
  readonly print: (isOn: boolean) => Promise<void>;
  /** The browser's time zone; empty: the machine's. */
  readonly zone: (timezoneId: string) => Promise<void>;
  /** A key as the keyboard sends it, with its text. */
  readonly press: (key: string) => Promise<void>;
  /** Sent with all that it asks for. */
  readonly headers: (headers: Readonly<Record<string, string>>) => Promise<void>;
  /** Every answer is late by so much. */
  readonly slow: (latencyMs: number) => Promise<void>;
  /** What is seen, as PNG. */
  readonly shot: () => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

/** As browsers number them. */
const KEY_CODES: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, Escape: 27, ' ': 32 };

interface Reply {
  readonly id?: number;
  readonly error?: { readonly message: string };
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly data?: string;
    readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
  };
}

/** @param profile a folder of the test's own */
export async function openPage(url: string, profile: string): Promise<Page> {
  const child = spawn(
    findTool('chromium') ?? '',
    [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--user-data-dir=${profile}`,
      '--remote-debugging-port=0', url,
    ], // biome-ignore format: flags
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const closed = once(child, 'close');
  const killed = (): boolean => child.kill('SIGKILL');
  process.once('exit', killed);
  const port = await new Promise<string>((resolve, reject) => {
    closed.then(() => reject(new Error('the browser ended before it listened')));
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    readonly type: string;
    readonly webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  let sent = 0;
  const send = async (method: string, params: object): Promise<Reply['result']> => {
    sent += 1;
    const id = sent;
    const reply = await new Promise<Reply>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    waiting.delete(id);
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result;
  };
  return {
    value: async <T>(expression: string): Promise<T> => {
      const got = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (got?.exceptionDetails !== undefined)
        throw new Error(`${expression}: ${got.exceptionDetails.exception?.description ?? 'failed'}`);
      return got?.result?.value as T;
    },
    resize: async (width, height) => {
      await send('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
    },
    scheme: async (value) => {
      await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
    },
    print: async (isOn) => {
      await send('Emulation.setEmulatedMedia', { media: isOn ? 'print' : '' });
    },
    zone: async (timezoneId) => {
      await send('Emulation.setTimezoneOverride', { timezoneId });
    },
    press: async (key) => {
      const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined;
      const pressed = { key, code: key, windowsVirtualKeyCode: KEY_CODES[key] ?? 0, ...(text && { text }) };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...pressed });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...pressed });
    },
    headers: async (headers) => {
      await send('Network.enable', {});
      await send('Network.setExtraHTTPHeaders', { headers });
    },
    slow: async (latency) => {
      await send('Network.enable', {});
      const limits = { downloadThroughput: -1, uploadThroughput: -1 };
      await send('Network.emulateNetworkConditions', { offline: false, latency, ...limits });
    },
    shot: async () => {
      const got = await send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: false });
      return Buffer.from(got?.data ?? '', 'base64');
    },
    close: async () => {
      socket.close();
      child.kill('SIGTERM');
      const timer = setTimeout(killed, 5000);
      await closed;
      clearTimeout(timer);
      process.off('exit', killed);
    },
  };
}
