import { Button, Field, Input } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { usePlanes } from '../api/use-planes.ts';
import { CopyText } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { formatBytes } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { formatRate, measureSpeed } from './speed.ts';

/** How fast this browser pushes to the registry and pulls from it; for whoever is signed in and may push to the repository. */
export function SpeedCard({ registry }: { readonly registry: string }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const planes = usePlanes();
  const [repository, setRepository] = useState('check-health');
  const measure = useMutation({
    mutationFn: () => measureSpeed(planes.registry(registry, `repository:${repository}:pull,push`), repository),
  });
  const { data, error, isPending } = measure;
  return (
    <Card title={t('speed')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          measure.mutate();
        }}
      >
        <p>{t('speedText')}</p>
        <Field label={t('speedRepository')}>
          <Input value={repository} onChange={(_, { value }) => setRepository(value)} />
        </Field>
        <div className={styles.tools}>
          <Button type="submit" disabledFocusable={isPending}>
            {isPending ? `${t('measuring')}…` : t('measure')}
          </Button>
        </div>
      </form>
      {error && <Problem error={error} />}
      {data && (
        <Facts
          of={[
            [t('speedDown'), formatRate(data.bytes, data.downMs)],
            [t('speedUp'), formatRate(data.bytes, data.upMs)],
            [t('latency'), `${data.latencyMs.toFixed(1)} ms`],
            [t('speedOf'), formatBytes(data.bytes)],
          ]}
        />
      )}
      <p>{t('speedMore')}</p>
      <CopyText
        text={`holdfast acr check-health -n ${registry} --repository ${repository}`}
        what="holdfast acr check-health"
      />
    </Card>
  );
}
