// The few names of the web platform that signing and receiving need. Browsers, workers and Node have them; no library of types that
// every runtime shares declares them.

interface HmacKey {
  readonly type: string;
}

declare const crypto: {
  readonly subtle: {
    importKey(
      format: 'raw',
      key: Uint8Array,
      algorithm: { readonly name: 'HMAC'; readonly hash: 'SHA-256' },
      extractable: boolean,
      usages: readonly ('sign' | 'verify')[],
    ): Promise<HmacKey>;
    sign(algorithm: 'HMAC', key: HmacKey, data: Uint8Array): Promise<ArrayBuffer>;
    verify(algorithm: 'HMAC', key: HmacKey, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
  };
};

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

declare function atob(base64: string): string;
declare function btoa(bytes: string): string;

declare class TextDecoder {
  constructor(encoding: 'utf-8', options: { readonly fatal: boolean });
  decode(bytes: Uint8Array): string;
}

declare const Response: new (
  body: string,
  init: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
) => { readonly status: number; text(): Promise<string> };

declare const AbortController: new () => {
  readonly signal: { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void };
  abort(): void;
};

declare function setTimeout(run: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;

declare const console: { error(...data: unknown[]): void };
