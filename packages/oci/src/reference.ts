export type RepositoryName = string & { readonly __brand: 'RepositoryName' };
export type TagName = string & { readonly __brand: 'TagName' };
