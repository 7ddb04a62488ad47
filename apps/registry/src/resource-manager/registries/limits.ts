/** As on Azure Stack Hub, whatever the SKU is called. How much a registry may store is set by the operator's quotas. */
export const WEBHOOKS_PER_REGISTRY = 10;
/** Of each kind. Each push looks at all of them. */
export const POLICIES_PER_REGISTRY = 50;
