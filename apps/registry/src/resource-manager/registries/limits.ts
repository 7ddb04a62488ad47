/** What a registry may have, whatever its SKU is called, until an operator's quotas say so. */
export const REGISTRY_LIMITS = {
  /** 100 GiB, what Azure Stack Hub gives each registry. */
  sizeBytes: 100 * 2 ** 30,
  webhooks: 10,
} as const;
