import { ADMINISTRATION_TEXTS } from './administration-texts.ts';
import { COMMON_TEXTS } from './common-texts.ts';
import { CONTENT_TEXTS } from './content-texts.ts';
import { SITE_TEXTS } from './site-texts.ts';
import { TRANSFER_TEXTS } from './transfer-texts.ts';

/** By where they stand; no two may have a key of the same name, of which one would be lost (`texts.test.ts`). */
export const TEXT_FILES = [ADMINISTRATION_TEXTS, COMMON_TEXTS, CONTENT_TEXTS, SITE_TEXTS, TRANSFER_TEXTS] as const;

/** Every text of the portal in both languages: [English, 简体中文]. `{name}` is a parameter, shown as text, never as markup. */
export const TEXTS = {
  ...ADMINISTRATION_TEXTS,
  ...COMMON_TEXTS,
  ...CONTENT_TEXTS,
  ...SITE_TEXTS,
  ...TRANSFER_TEXTS,
} as const satisfies Record<string, readonly [string, string]>;

export type TextKey = keyof typeof TEXTS;
