import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Filterable, parseResourceFilter } from './resource-filter.ts';

const item: Filterable = {
  name: 'MyRegistry',
  resourceType: 'Microsoft.ContainerRegistry/registries',
  resourceGroup: 'Group-1',
  location: 'local',
  tags: { Team: 'Blue', env: "o'brien" },
};

describe('$filter of resources', () => {
  it.each([
    ["resourceType eq 'microsoft.containerregistry/REGISTRIES'", true],
    ["resourceType eq 'Microsoft.ContainerRegistry/registries' and name eq 'myregistry'", true],
    ["name eq 'other' or resourceGroup eq 'group-1'", true],
    ["name ne 'myregistry'", false],
    ["name eq 'x' and name eq 'y' or location eq 'LOCAL'", true],
    ["name eq 'x' and (name eq 'y' or location eq 'local')", false],
    ["substringof('reg', name)", true],
    ["startswith(name, 'my')", true],
    ["startswith(name,'reg')", false],
    ["tagName eq 'team'", true],
    ["tagName eq 'team' and tagValue eq 'blue'", true],
    ["tagName eq 'team' and tagValue eq 'red'", false],
    ["tagName eq 'env' and tagValue eq 'blue'", false], // of two tags, not of one
    ["tagName eq 'env' and tagValue eq 'o''brien'", true],
  ])('%s: %s', (filter, expected) => {
    expect(parseResourceFilter(filter)(item)).toBe(expected);
  });

  it.each([
    '',
    'name',
    'name eq',
    "name eq 'x",
    'name eq x',
    "name like 'x'",
    "colour eq 'red'",
    "name eq 'x' and",
    "(name eq 'x'",
    "name eq 'x')",
    "a'b",
    ';',
  ])('refuses %j and says what it takes', (filter) => {
    expect(() => parseResourceFilter(filter)).toThrowError(/may compare name/);
  });

  it('ends on whatever it gets, with a condition or a refusal', () => {
    const piece = fc.constantFrom('name', 'eq', "'x'", '(', ')', 'and', 'or', ',', 'substringof', 'tagName', ' ', "'");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        try {
          parseResourceFilter(pieces.join(' '))(item);
        } catch (error) {
          expect(error).toMatchObject({ code: 'query.invalid' });
        }
      }),
    );
  });
});
