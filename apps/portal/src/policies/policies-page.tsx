import type { RegistryResource } from '../api/registries.ts';
import { Problem } from '../components/problem.tsx';
import { Starting } from '../components/starting.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';
import { CleanUpPolicies } from './clean-up-policies.tsx';
import { ImmutableTags } from './immutable-tags.tsx';
import { NetworkRules } from './network-rules.tsx';
import { useSettings } from './settings.ts';
import { Switches } from './switches.tsx';

export function PoliciesPage() {
  return <NeedsResource title="policies">{(resource) => <Policies resource={resource} />}</NeedsResource>;
}

function Policies({ resource }: { readonly resource: RegistryResource }) {
  const { data, error } = useSettings(resource);
  if (error) return <Problem error={error} />;
  if (!data) return <Starting />;
  return (
    <>
      <CleanUpPolicies resource={resource} />
      <ImmutableTags resource={resource} />
      <Switches resource={resource} settings={data} />
      <NetworkRules resource={resource} settings={data} />
    </>
  );
}
