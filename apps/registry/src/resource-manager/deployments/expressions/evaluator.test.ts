import { describe, expect, it } from 'vitest';
import { environmentOf, GROUP_ID, SUBSCRIPTION } from '../test-environment.ts';
import type { Json } from './values.ts';

const environment = environmentOf(
  {
    variables: {
      name: 'anchor',
      list: ['a', 'b', 'c'],
      nested: { Deep: { deeper: [1, { end: 'here' }] } },
      made: "[concat(variables('name'), '-', parameters('count'))]",
      copy: [{ name: 'tens', count: 3, input: "[mul(copyIndex('tens'), 10)]" }],
    },
    functions: [
      {
        namespace: 'ship',
        members: {
          hail: {
            parameters: [{ name: 'who', type: 'string' }],
            output: { type: 'string', value: "[concat('ahoy ', parameters('who'))]" },
          },
        },
      },
    ],
  },
  { text: "it's", count: 3, flag: true, list: [3, 1, 2], object: { One: 1, two: { three: 'deep' } }, nothing: null },
);
const value = (text: string): Json => environment.value(text, 'here');

/** Expression and what it yields. Those in the second table stand in no document that we know. */
const cases: readonly (readonly [string, Json])[] = [
  // strings
  ["[concat('a', 'b', 'c')]", 'abc'],
  ["[concat('a', 1, true())]", 'a1True'],
  ['[concat(createArray(1, 2), createArray(3))]', [1, 2, 3]],
  ["[base64('one, two, three')]", 'b25lLCB0d28sIHRocmVl'],
  ["[base64ToString('b25lLCB0d28sIHRocmVl')]", 'one, two, three'],
  ["[base64ToJson('eyJvbmUiOiAiYSIsICJ0d28iOiAiYiJ9')]", { one: 'a', two: 'b' }],
  ["[dataUri('Hello')]", 'data:text/plain;charset=utf-8;base64,SGVsbG8='],
  ["[dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')]", 'Hello, World!'],
  ["[dataUriToString('data:text/plain,a%20b')]", 'a b'],
  ["[endsWith('abcdef', 'ef')]", true],
  ["[endsWith('abcdef', 'F')]", true],
  ["[endsWith('abcdef', 'e')]", false],
  ["[startsWith('abcdef', 'ab')]", true],
  ["[startsWith('abcdef', 'A')]", true],
  ["[startsWith('abcdef', 'e')]", false],
  [
    "[format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)]",
    'Hello, User. Formatted number: 8,175,133',
  ],
  ["[format('{0}-{0}', 'x')]", 'x-x'],
  ["[format('{0:D3}', 7)]", '007'],
  ["[format('{0:x} {0:X4}', 255)]", 'ff 00FF'],
  ["[format('{0,5}|{0,-5}|', 'ab')]", '   ab|ab   |'],
  ["[format('{{{0}}}', 1)]", '{1}'],
  ["[format('{0}', true())]", 'True'],
  ["[indexOf('test', 't')]", 0],
  ["[indexOf('abcdef', 'CD')]", 2],
  ["[indexOf('abcdef', 'z')]", -1],
  ["[lastIndexOf('test', 't')]", 3],
  ["[lastIndexOf('abcdef', 'AB')]", 0],
  ["[join(createArray('one', 'two', 'three'), ',')]", 'one,two,three'],
  ["[join(createArray('a', 1, false()), '')]", 'a1False'],
  ["[length('One Two Three')]", 13],
  ["[padLeft('123', 10, '0')]", '0000000123'],
  ['[padLeft(7, 3)]', '  7'],
  ["[padLeft('abcd', 2)]", 'abcd'],
  ["[replace('123-123-1234', '-', '')]", '1231231234'],
  ["[replace('123-123-1234', '1234', 'xxxx')]", '123-123-xxxx'],
  ["[replace('a.b', '.', '')]", 'ab'],
  ["[split('one,two,three', ',')]", ['one', 'two', 'three']],
  ["[split('one;two,three', createArray(',', ';'))]", ['one', 'two', 'three']],
  ["[split('abc', '')]", ['abc']],
  ["[string(createArray('a', 'b'))]", '["a","b"]'],
  ["[string(createObject('a', 1))]", '{"a":1}'],
  ['[string(5)]', '5'],
  ['[string(true())]', 'True'],
  ["[substring('one two three', 4, 3)]", 'two'],
  ["[substring('one two', 4)]", 'two'],
  ["[substring('abc', 3)]", ''],
  ["[toLower('One Two Three')]", 'one two three'],
  ["[toUpper('One Two Three')]", 'ONE TWO THREE'],
  ["[trim('   one two   ')]", 'one two'],
  ["[uri('http://contoso.org/firstpath', 'myscript.sh')]", 'http://contoso.org/myscript.sh'],
  ["[uri('http://contoso.org/firstpath/', 'myscript.sh')]", 'http://contoso.org/firstpath/myscript.sh'],
  ["[uri('http://contoso.org/a/b.json', 'c/d.json')]", 'http://contoso.org/a/c/d.json'],
  [
    "[uriComponent('http://contoso.com/resources/nested/azuredeploy.json')]",
    'http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json',
  ],
  ["[uriComponentToString('http%3A%2F%2Fcontoso.com%2F')]", 'http://contoso.com/'],
  ["[guid('a', 'b', 'c')]", 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8'],
  ['[length(uniqueString(resourceGroup().id))]', 13],
  ['[json(\'{"a": [1, null, true]}\')]', { a: [1, null, true] }],
  ["[json('null')]", null],
  ["[json('1.5')]", 1.5],
  // arrays and objects
  ["[array('a')]", ['a']],
  ["[array(parameters('list'))]", [3, 1, 2]],
  ['[array(1)]', [1]],
  ["[contains('OneTwoThree', 'e')]", true],
  ["[contains('OneTwoThree', 'z')]", false],
  ["[contains('OneTwoThree', 'one')]", false],
  ["[contains(createObject('one', 'a'), 'ONE')]", true],
  ["[contains(createArray('one', 'two'), 'two')]", true],
  ["[contains(createArray('one', 'two'), 'Two')]", false],
  ['[createArray()]', []],
  ["[createArray('a', 1, createArray())]", ['a', 1, []]],
  ["[createObject('a', 1, 'b', createObject())]", { a: 1, b: {} }],
  ['[empty(createArray())]', true],
  ['[empty(createObject())]', true],
  ["[empty('')]", true],
  ["[empty('a')]", false],
  ['[empty(null())]', true],
  ["[first(createArray('one', 'two'))]", 'one'],
  ["[first('One Two')]", 'O'],
  ['[first(createArray())]', null],
  ["[last(createArray('one', 'two'))]", 'two'],
  ["[last('One Two')]", 'o'],
  ["[last('')]", ''],
  ["[intersection(createArray('one', 'two', 'three'), createArray('two', 'three'))]", ['two', 'three']],
  ["[intersection(createObject('one', 'a', 'two', 'b'), createObject('one', 'a', 'two', 'c'))]", { one: 'a' }],
  [
    "[items(createObject('b', 2, 'a', 1))]",
    [
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ],
  ],
  ["[length(createArray('one', 'two'))]", 2],
  ["[length(createObject('a', 1, 'b', 2, 'c', 3))]", 3],
  ['[max(createArray(0, 3, 2, 5, 4))]', 5],
  ['[max(0, 3, 2)]', 3],
  ['[min(createArray(0, 3, 2))]', 0],
  ['[min(4, -3)]', -3],
  ['[range(5, 3)]', [5, 6, 7]],
  ['[range(1, 0)]', []],
  ["[skip(createArray('one', 'two', 'three'), 2)]", ['three']],
  ["[skip('one two three', 4)]", 'two three'],
  ["[take(createArray('one', 'two', 'three'), 2)]", ['one', 'two']],
  ["[take('one two three', 2)]", 'on'],
  ["[take('on', 20)]", 'on'],
  ["[union(createArray('one', 'two'), createArray('two', 'three'))]", ['one', 'two', 'three']],
  ["[union(createObject('one', 'a'), createObject('two', 'b'))]", { one: 'a', two: 'b' }],
  ["[union(createObject('one', 'a'), createObject('one', 'b'))]", { one: 'b' }],
  ['[flatten(createArray(createArray(1), createArray(2, 3)))]', [1, 2, 3]],
  ["[objectKeys(createObject('b', 1, 'a', 2))]", ['a', 'b']],
  ["[shallowMerge(createArray(createObject('a', 1), createObject('b', 2)))]", { a: 1, b: 2 }],
  ["[tryGet(createObject('a', createArray(7)), 'a', 0)]", 7],
  ["[tryGet(createObject('a', 1), 'b', 'c')]", null],
  // numbers
  ['[add(5, 3)]', 8],
  ['[sub(7, 3)]', 4],
  ['[mul(5, 3)]', 15],
  ['[div(8, 3)]', 2],
  ['[div(-8, 3)]', -2],
  ['[mod(7, 3)]', 1],
  ['[mod(-7, 3)]', -1],
  ["[int('4')]", 4],
  ["[int(json('4.9'))]", 4],
  ["[float('3.5')]", 3.5],
  // comparison and logic
  ['[equals(1, 1)]', true],
  ["[equals('a', 'A')]", false],
  ['[equals(createArray(1, 2), createArray(1, 2))]', true],
  ["[equals(createObject('a', 1), createObject('A', 1))]", true],
  ["[equals(createObject('a', 1), createObject('a', 2))]", false],
  ['[equals(null(), null())]', true],
  ["[equals(1, '1')]", false],
  ['[less(1, 2)]', true],
  ["[less('banana', 'apple')]", false],
  ['[lessOrEquals(2, 2)]', true],
  ['[greater(1, 2)]', false],
  ["[greater('b', 'a')]", true],
  ['[greaterOrEquals(2, 2)]', true],
  ['[and(true(), false())]', false],
  ['[and(true(), true(), true())]', true],
  ['[or(false(), true())]', true],
  ['[not(true())]', false],
  ['[xor(true(), false())]', true],
  ["[if(equals('a', 'a'), 'yes', 'no')]", 'yes'],
  ["[if(false(), 'yes', 'no')]", 'no'],
  ["[coalesce(null(), 'string')]", 'string'],
  ['[coalesce(null(), null())]', null],
  ["[bool('true')]", true],
  ['[bool(1)]', true],
  ["[bool('False')]", false],
  ['[true()]', true],
  ['[false()]', false],
  // points of time
  ["[dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')]", '2023-04-07T14:53:14Z'],
  ["[dateTimeAdd('2020-04-07T14:53:14Z', '-P9D')]", '2020-03-29T14:53:14Z'],
  ["[dateTimeAdd('2020-04-07T14:53:14Z', 'PT1H', 'u')]", '2020-04-07 15:53:14Z'],
  ["[dateTimeAdd('2020-01-31T00:00:00Z', 'P1M')]", '2020-02-29T00:00:00Z'],
  ["[dateTimeAdd('2020-01-31T00:00:00Z', 'P1D', 'yyyy-MM-dd')]", '2020-02-01'],
  ['[dateTimeFromEpoch(1683040573)]', '2023-05-02T15:16:13Z'],
  ["[dateTimeToEpoch('2023-05-02T15:16:13Z')]", 1683040573],
  // the template and its place
  ["[parameters('text')]", "it's"],
  ["[parameters('TEXT')]", "it's"],
  ["[variables('name')]", 'anchor'],
  ["[variables('made')]", 'anchor-3'],
  ["[variables('tens')]", [0, 10, 20]],
  ["[parameters('object').two.three]", 'deep'],
  ["[parameters('object').TWO['Three']]", 'deep'],
  ["[variables('list')[1]]", 'b'],
  ["[variables('nested').deep.deeper[1].end]", 'here'],
  ['[resourceGroup().location]', 'local'],
  ['[resourceGroup().name]', 'Ships'],
  ['[resourceGroup().id]', GROUP_ID],
  ['[resourceGroup().tags.crew]', 'two'],
  ['[subscription().subscriptionId]', SUBSCRIPTION],
  ['[subscription().id]', `/subscriptions/${SUBSCRIPTION}`],
  ['[subscription().tenantId]', '99999999-2222-4333-8444-555555555555'],
  ['[tenant().tenantId]', '99999999-2222-4333-8444-555555555555'],
  ['[deployment().name]', 'voyage'],
  ['[deployment().properties.mode]', 'Incremental'],
  ['[environment().suffixes.acrLoginServer]', '.azsacr.local.example'],
  [
    "[resourceId('Microsoft.ContainerRegistry/registries', 'myRegistry')]",
    `${GROUP_ID}/providers/Microsoft.ContainerRegistry/registries/myRegistry`,
  ],
  [
    "[resourceId('Microsoft.ContainerRegistry/registries/webhooks', 'r', 'w')]",
    `${GROUP_ID}/providers/Microsoft.ContainerRegistry/registries/r/webhooks/w`,
  ],
  ["[resourceId('other', 'A.B/c', 'd')]", `/subscriptions/${SUBSCRIPTION}/resourceGroups/other/providers/A.B/c/d`],
  [
    "[resourceId('00000000-0000-4000-8000-000000000000', 'other', 'A.B/c', 'd')]",
    '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/other/providers/A.B/c/d',
  ],
  [
    "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'x')]",
    `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/x`,
  ],
  ["[tenantResourceId('A.B/c', 'd')]", '/providers/A.B/c/d'],
  ["[extensionResourceId(resourceId('A.B/c', 'd'), 'E.F/g', 'h')]", `${GROUP_ID}/providers/A.B/c/d/providers/E.F/g/h`],
  ["[ship.hail('there')]", 'ahoy there'],
  ["[providers('Microsoft.ContainerRegistry', 'registries').apiVersions[0]]", '2019-05-01'],
];

const unseen: readonly (readonly [string, Json])[] = [
  ["[[concat('a')]", "[concat('a')]"],
  ['[[]', '[]'],
  ['[a', '[a'],
  ['a]', 'a]'],
  ['', ''],
  ["[ concat ( 'a' , 'b' ) ]", 'ab'],
  ["['it''s ''quoted''']", "it's 'quoted'"],
  ["['']", ''],
  ['[-7]', -7],
  ['[+7]', 7],
  ['[-0]', 0],
  ["[CONCAT('a', tOuPpEr('b'))]", 'aB'],
  ["[length(concat('ä', '你', '🚢'))]", 4],
  ["[base64ToString(base64('你好 🚢'))]", '你好 🚢'],
  ["[uriComponentToString(uriComponent('a b/ü?''()'))]", "a b/ü?'()"],
  ["[uriComponent('!*''()')]", '%21%2A%27%28%29'],
  ["[replace('aaa', 'a', 'aa')]", 'aaaaaa'],
  ["[replace('a$b', '$', '$&')]", 'a$&b'],
  ["[split('a,b,', ',')]", ['a', 'b', '']],
  ["[join(split('a,b', ','), '::')]", 'a::b'],
  ["[take('abc', -1)]", ''],
  ['[skip(createArray(1, 2), 9)]', []],
  ['[concat(createArray(), createArray())]', []],
  ["[union(createObject('A', createObject('x', 1)), createObject('a', createObject('y', 2)))]", { A: { x: 1, y: 2 } }],
  ["[union(createArray(createObject('a', 1)), createArray(createObject('a', 1)))]", [{ a: 1 }]],
  ["[createObject('__proto__', 1).__proto__]", 1],
  ["[contains(createObject('a', 1), 'constructor')]", false],
  ["[contains(createObject(), '__proto__')]", false],
  ["[if(true(), 'kept', div(1, 0))]", 'kept'],
  ['[or(true(), equals(div(1, 0), 1))]', true],
  ['[and(false(), equals(div(1, 0), 1))]', false],
  ["[coalesce('first', div(1, 0))]", 'first'],
  ["[if(contains(parameters('object'), 'none'), parameters('object').none, 'default')]", 'default'],
  ["[createArray('a', 'b')[sub(length(createArray('a', 'b')), 1)]]", 'b'],
  ["[createObject('a b', 1)['a b']]", 1],
  ["[string(createObject('k', createArray(1, 'two', null(), true())))]", '{"k":[1,"two",null,true]}'],
  ['[string(null())]', ''],
  ['[add(9007199254740990, 1)]', 9007199254740991],
  ["[int(' 12 ')]", 12],
  ["[less('Z', 'a')]", true],
  ["[dateTimeAdd('2024-12-31T23:59:59Z', 'PT1S')]", '2025-01-01T00:00:00Z'],
  ["[dateTimeAdd('2024-02-29T00:00:00+02:00', 'P1Y')]", '2025-02-28T22:00:00Z'],
  ["[dateTimeAdd('2024-01-01', 'P1W', 'dd.MM.yy')]", '08.01.24'],
  ["[format('{0:F1} {1:N2}', json('2.55'), 1234567)]", '2.5 1,234,567.00'],
  ["[concat(variables('list'), variables('tens'))]", ['a', 'b', 'c', 0, 10, 20]],
  ["[guid('')]", 'e655a85f-3ab2-5e4a-9666-569aa72a5a10'],
  ["[equals(guid('a', 'b'), guid('a-b'))]", true],
  ["[equals(uniqueString('a', 'b'), uniqueString('a-b'))]", true],
  ["[equals(uniqueString('a'), uniqueString('A'))]", false],
];

const wrong: readonly (readonly [string, string])[] = [
  ['[]', 'a name'],
  ["[concat('a']", "')'"],
  ["[concat('a',)]", 'a name'],
  ["[concat('a' 'b')]", "')'"],
  ["['a]", 'has no end'],
  ['["a"]', 'single quotes'],
  ['[abc]', 'no call'],
  ['[parameters]', 'no call'],
  ["[concat('a')] ]", 'the end'],
  ["[nothing('a')]", 'no function of that name'],
  ["[toString('a')]", 'no function of that name'],
  ["[constructor('a')]", 'no function of that name'],
  ['[__proto__()]', 'no function of that name'],
  ["[parameters('missing')]", "parameter 'missing' is not found"],
  ["[variables('missing')]", "variable 'missing' is not found"],
  ['[parameters(1)]', 'is not found'],
  ["[parameters('object').missing]", 'there are One, two'],
  ["[variables('list')[3]]", 'has 3 items'],
  ["[variables('list')[-1]]", 'outside the array'],
  ["[variables('list').a]", 'of type array'],
  ["[variables('name')[0]]", 'of type string'],
  ['[div(1, 0)]', 'divided by zero'],
  ['[mod(1, 0)]', 'divided by zero'],
  ["[add('1', 2)]", 'argument 1 is of type string and must be an int'],
  ["[add(json('1.5'), 2)]", 'of type float'],
  ['[add(1)]', '1 arguments are given, and it takes 2'],
  ['[add(9007199254740991, 1)]', 'too large'],
  ['[99999999999999999999]', 'too large'],
  ["[int('x')]", 'an int'],
  ["[bool('maybe')]", 'a bool'],
  ["[json('{')]", 'no valid JSON'],
  ["[base64ToString('§')]", 'base64'],
  ["[substring('abc', 2, 2)]", 'within the string'],
  ["[replace('a', '', 'b')]", 'at least one character'],
  ["[createObject('a')]", 'pairs'],
  ['[range(0, 10001)]', '10000'],
  ["[if('yes', 1, 2)]", 'a bool is needed'],
  ["[less(1, 'a')]", 'same type'],
  ["[format('{1}', 'a')]", 'no such argument'],
  ["[format('{0:Q}', 1)]", 'unknown'],
  ["[format('}', 1)]", 'stands alone'],
  ["[format('{0,-2000}', 1)]", 'at most 1000'],
  ['[copyIndex()]', 'no copy here'],
  ["[copyIndex('loop')]", "no copy 'loop'"],
  ["[resourceId('Microsoft.ContainerRegistry/registries')]", 'at least 2'],
  ["[resourceId('Microsoft.ContainerRegistry/registries/webhooks', 'r')]", 'takes 2 names'],
  ["[resourceId('registries', 'r')]", 'a type'],
  ['[ship.hail(1)]', 'must be of type string'],
  ["[ship.sink('x')]", "no function 'ship.sink'"],
  ["[dateTimeAdd('yesterday', 'P1D')]", 'a point of time'],
  ["[dateTimeAdd('2020-01-01', 'P')]", 'a duration'],
  ["[dateTimeAdd('9999-01-01', 'P9Y')]", 'outside the years'],
  ['[utcNow()]', 'no function of that name'],
  ['[newGuid()]', 'no function of that name'],
  ['[pickZones()]', 'no function of that name'],
];

describe('an expression', () => {
  it.each(cases)('%s is as the documents say', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it.each(unseen)('%s means what follows from the rules', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it.each(wrong)('%s is refused, and it is said why', (text, why) => {
    expect(() => value(text)).toThrow(why);
  });

  it('is tried in many ways', () => {
    expect(cases.length + unseen.length + wrong.length).toBeGreaterThanOrEqual(180);
    expect(unseen.length).toBeGreaterThanOrEqual(30);
  });

  it('names the place in the template, itself, and the character at which it is wrong', () => {
    expect(() => environment.value({ properties: { a: ["[concat('a', nothing())]"] } }, 'resources[0]')).toThrow(
      `'resources[0].properties.a[0]': in "[concat('a', nothing())]", at character 14, the function 'nothing': there is no function of that name`,
    );
  });

  it('counts the turns of a copy, from an offset if there is one', () => {
    const loops = [
      { name: 'outer', index: 2, ofResource: true },
      { name: 'inner', index: 5, ofResource: false },
    ];
    const at = (text: string) => environment.value(text, 'here', loops);
    expect(at('[copyIndex()]')).toBe(2);
    expect(at('[copyIndex(1)]')).toBe(3);
    expect(at("[copyIndex('INNER')]")).toBe(5);
    expect(at("[copyIndex('inner', 10)]")).toBe(15);
  });

  it('makes the properties of a copy, other properties staying', () => {
    const given = { a: 1, copy: [{ name: 'disks', count: 2, input: { lun: "[copyIndex('disks')]" } }] };
    expect(environment.value(given, 'here')).toEqual({ a: 1, disks: [{ lun: 0 }, { lun: 1 }] });
    expect(() => environment.value({ copy: [{ name: 'x', count: 801, input: 1 }] }, 'here')).toThrow('800');
    expect(() => environment.value({ copy: [{ name: 'x', count: 2 }] }, 'here')).toThrow('input');
  });
});

describe('a hostile template', () => {
  const refused = (parts: Record<string, Json>, text: string, why = /more (?:work )?than|deeper|made of itself/) => {
    const start = performance.now();
    expect(() => environmentOf(parts).value(text, 'here')).toThrow(why);
    expect(performance.now() - start).toBeLessThan(10_000);
  };
  /** Variables each made of the one before. */
  const chain = (length: number, step: (before: string) => string, first: Json = 'xxxxxxxxxx') =>
    Object.fromEntries(Array.from({ length }, (_, i) => [`v${i}`, i === 0 ? first : step(`variables('v${i - 1}')`)]));

  it('does not grow a text without end', () => {
    const size = /more than 1000000 characters and items/;
    refused({ variables: chain(40, (v) => `[concat(${v}, ${v})]`) }, "[variables('v39')]");
    refused({}, `[replace('${'a'.repeat(5000)}', 'a', '${'b'.repeat(5000)}')]`, size);
    refused({}, '[padLeft(1, 1500000)]', size);
  });

  it('does not grow a value whose parts are shared', () => {
    refused({ variables: chain(40, (v) => `[createArray(${v}, ${v})]`) }, "[variables('v39')]");
    refused({ variables: chain(40, (v) => `[concat(createArray(${v}), createArray(${v}))]`) }, "[variables('v39')]");
    refused(
      { variables: chain(40, (v) => `[union(createObject('a', ${v}), createObject('b', ${v}))]`) },
      "[variables('v39')]",
    );
  });

  it('does not nest without end', () => {
    refused({}, `[${'concat('.repeat(100)}'a'${')'.repeat(100)}]`);
    refused({ variables: chain(200, (v) => `[createArray(${v})]`) }, "[variables('v199')]");
    refused({ variables: chain(5000, (v) => `[${v}]`) }, "[variables('v4999')]");
    refused({}, `[json('${'['.repeat(5000)}${']'.repeat(5000)}')]`);
    refused({ variables: { a: "[variables('b')]", b: "[variables('a')]" } }, "[variables('a')]");
  });

  it('does not work without end', () => {
    const numbers = '[range(0, 10000)]';
    refused({ variables: { numbers } }, "[union(variables('numbers'), variables('numbers'))]");
    refused({ variables: { numbers } }, "[intersection(variables('numbers'), variables('numbers'))]");
    const same = "equals(variables('numbers'), variables('numbers'))";
    const work = `[and(${Array.from({ length: 100 }, () => same).join(', ')})]`;
    refused(
      { variables: { numbers, a: work, b: work, c: work } },
      "[and(variables('a'), variables('b'), variables('c'))]",
    );
  });

  it('does not copy without end', () => {
    const copy = (input: Json): Json => ({ copy: [{ name: 'x', count: 800, input }] });
    expect(() => environmentOf().value(copy(copy(copy({}))), 'here')).toThrow("at 'here.copy['x'].input");
  });

  it('reaches nothing of the program', () => {
    for (const name of ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf']) {
      expect(() => environment.value(`[parameters('${name}')]`, 'here')).toThrow('not found');
      expect(() => environment.value(`[parameters('object').${name}]`, 'here')).toThrow('does not exist');
      expect(() => environment.value(`[${name}()]`, 'here')).toThrow('no function');
      expect(() => environment.value(`[createArray().${name}]`, 'here')).toThrow('of type array');
    }
    expect(Object.prototype).not.toHaveProperty('polluted');
    environment.value({ ['__proto__']: { polluted: true } }, 'here');
    environment.value(`[union(createObject(), json('{"__proto__": {"polluted": true}}'))]`, 'here');
    expect({}).not.toHaveProperty('polluted');
  });
});
