import { isRepositoryPattern, isTagPattern } from '@holdfast/oci/patterns';
import type { CleanUpDefinition, ImmutableTagsDefinition, PolicyDefinition, TagRule } from '../../metadata/policies.ts';
import type { Fields } from '../fields.ts';

const STATUS = ['enabled', 'disabled'] as const;
const MAX_PATTERNS = 100;
const MAX_DAYS = 36_500;
/** Each deletion looks whether all of them are there still. */
const MAX_LATEST = 1000;

/** `properties` of a clean-up policy. It is disabled unless it says otherwise: so it is looked at before it takes anything. */
export function readCleanUp(properties: Fields): CleanUpDefinition {
  const untagged = properties.within('untagged');
  const days = untagged.integer('days', 0, MAX_DAYS);
  if (properties.has('untagged') && days === undefined) throw untagged.wrong('days', 'a whole number, and is required');
  const tags = properties.has('tags') ? readTagRule(properties.within('tags')) : undefined;
  if (days === undefined && !tags)
    throw properties.wrong('untagged', 'given, unless tags is: a policy needs one of them');
  return {
    ...readCommon(properties, 'disabled'),
    untagged: days === undefined ? undefined : { days },
    tags,
    includeQuarantined: properties.boolean('includeQuarantined'),
  };
}

/** `properties` of a policy of immutable tags. */
export function readImmutableTags(properties: Fields): ImmutableTagsDefinition {
  const match = tagPatterns(properties, 'match');
  if (!match) throw properties.wrong('match', 'a list of at least one pattern of tags');
  const except = tagPatterns(properties, 'except');
  return { ...readCommon(properties, 'enabled'), match, except, allowCleanUp: properties.boolean('allowCleanUp') };
}

function readCommon(properties: Fields, standard: PolicyDefinition['status']): PolicyDefinition {
  const repositories = patterns(properties, 'repositories', isRepositoryPattern, REPOSITORIES);
  if (!repositories) throw properties.wrong('repositories', REPOSITORIES);
  return { status: properties.word('status', STATUS) ?? standard, repositories };
}

/** Without a limit it would take all that it matches, which nobody means who forgot the limit. */
function readTagRule(tags: Fields): TagRule {
  const match = tagPatterns(tags, 'match');
  if (!match) throw tags.wrong('match', TAGS);
  const keepLatest = tags.integer('keepLatest', 1, MAX_LATEST);
  const olderThanDays = tags.integer('olderThanDays', 1, MAX_DAYS);
  const notPulledForDays = tags.integer('notPulledForDays', 1, MAX_DAYS);
  if (keepLatest === undefined && olderThanDays === undefined && notPulledForDays === undefined) {
    throw tags.wrong(
      'keepLatest',
      'given, unless olderThanDays or notPulledForDays is: without a limit everything would go',
    );
  }
  return { match, except: tagPatterns(tags, 'except'), keepLatest, olderThanDays, notPulledForDays };
}

const REPOSITORIES = 'a list of at least one repository: a name in lower case, or the beginning of names followed by *';
const TAGS = 'a list of at least one pattern of tags: letters, digits, _ . -, * for any characters, ? for one';

const tagPatterns = (fields: Fields, name: string) => patterns(fields, name, isTagPattern, TAGS);

function patterns(
  fields: Fields,
  name: string,
  isPattern: (text: string) => boolean,
  expected: string,
): string[] | undefined {
  const texts = fields.texts(name);
  if (!texts) return undefined;
  if (texts.length === 0 || texts.length > MAX_PATTERNS)
    throw fields.wrong(name, `${expected} (at most ${MAX_PATTERNS})`);
  const wrong = texts.find((text) => !isPattern(text));
  if (wrong !== undefined) throw fields.wrong(name, `${expected}; '${wrong.slice(0, 100)}' is none`);
  return [...new Set(texts)];
}
