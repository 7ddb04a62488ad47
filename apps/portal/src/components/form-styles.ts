import { makeStyles } from '@fluentui/react-components';

/** Fields under each other, not wider than is read well; buttons beside each other. */
export const useFormStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', rowGap: '12px', maxWidth: '560px' },
  tools: { display: 'flex', gap: '8px', flexWrap: 'wrap', alignItems: 'center', marginBottom: '8px' },
});
