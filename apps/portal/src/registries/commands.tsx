import { makeStyles } from '@fluentui/react-components';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Choices } from '../components/choices.tsx';
import { CopyText } from '../components/copy-text.tsx';
import { useLanguage } from '../language/language.tsx';
import { commandsFor } from './tools.ts';

const useStyles = makeStyles({ lines: { display: 'flex', flexDirection: 'column', rowGap: '4px', marginTop: '8px' } });

/** The lines for one tool, which the address names. */
export function Commands({ server }: { readonly server: string }) {
  const styles = useStyles();
  const { t } = useLanguage();
  const navigate = useNavigate();
  const { tool = 'Docker' } = useSearch({ strict: false }) as { tool?: string };
  const all = commandsFor(server);
  const chosen = all.find((one) => one.tool === tool) ?? all[0];
  return (
    <>
      <Choices
        label={t('commands')}
        of={all.map((one) => ({ value: one.tool, text: one.tool }))}
        chosen={chosen?.tool}
        choose={(value) => void navigate({ to: '.', search: { tool: value } as never, replace: true })}
      />
      <div className={styles.lines}>
        {chosen?.lines.map((line) => (
          <CopyText key={line} text={line} what={line} />
        ))}
      </div>
    </>
  );
}
