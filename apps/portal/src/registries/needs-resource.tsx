import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type RegistryResource, useRegistry } from '../api/registries.ts';
import { Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { Starting } from '../components/starting.tsx';
import { useLanguage } from '../language/language.tsx';
import type { TextKey } from '../language/texts.ts';
import { DataOnly } from './overview-page.tsx';

/** A page about the registry as a resource, for whoever may see it as one; the others are told which role it takes. */
export function NeedsResource({
  title,
  children,
}: {
  readonly title: TextKey;
  readonly children: (resource: RegistryResource) => ReactNode;
}) {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const { resource, isPending, error } = useRegistry(registry);
  return (
    <Page title={t(title)} place={registry}>
      {error && <Problem error={error} />}
      {isPending && <Starting />}
      {!isPending && !resource && !error && <DataOnly />}
      {resource && children(resource)}
    </Page>
  );
}
