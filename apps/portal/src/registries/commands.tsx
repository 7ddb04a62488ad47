import { makeStyles, Tab, TabList } from '@fluentui/react-components';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CopyText } from '../components/copy-text.tsx';
import { useLanguage } from '../language/language.tsx';
import { commandsFor } from './tools.ts';

const useStyles = makeStyles({ lines: { display: 'flex', flexDirection: 'column', rowGap: '4px', marginTop: '8px' }, tabs: { flexWrap: 'wrap' } });

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
      <TabList
        className={styles.tabs}
        size="small"
        selectedValue={chosen?.tool}
        aria-label={t('commands')}
        onTabSelect={(_, { value }) => void navigate({ to: '.', search: { tool: String(value) } as never, replace: true })}
      >
        {all.map((one) => (
          <Tab key={one.tool} value={one.tool}>
            {one.tool}
          </Tab>
        ))}
      </TabList>
      <div className={styles.lines}>
        {chosen?.lines.map((line) => (
          <CopyText key={line} text={line} what={line} />
        ))}
      </div>
    </>
  );
}
