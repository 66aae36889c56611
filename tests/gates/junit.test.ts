import { describe, expect, it } from 'vitest';
import { readJunit } from '../../src/gates/junit.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { readXml } from '../../src/gates/xml.ts';
import { writeFiles } from '../support/temp.ts';
import { callIn, discount, project, testFile } from './support/project.ts';

describe('a JUnit report', () => {
  it.each([
    [
      'of Maven and Gradle',
      '<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="a" tests="4"><properties><property name="x" value="y"/></properties><testcase classname="a.B" name="adds"/><testcase classname="a.B" name="fails"><failure message="no">at &lt;x&gt;</failure></testcase><testcase classname="a.B" name="breaks"><error/></testcase><testcase classname="a.B" name="waits"><skipped/></testcase><system-out><![CDATA[<testcase name="no"/>]]></system-out></testsuite>',
      { passed: ['a.B > adds'], failed: ['a.B > fails', 'a.B > breaks'] },
    ],
    [
      'with suites in suites',
      '<testsuites><testsuite><testsuite><testcase name="a &amp; b"></testcase></testsuite></testsuite></testsuites>',
      { passed: ['a & b'], failed: [] },
    ],
    ['without a test', '<testsuites/>', { passed: [], failed: [] }],
    ['that is something else', '<html></html>', undefined],
    ['that was cut off', '<testsuite><testcase name="a"/>', undefined],
    ['with a document type', '<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>', undefined],
    ['that is empty', '', undefined],
  ])('%s', (_what, text, expected) => expect(readJunit(text)).toEqual(expected));
});

describe('XML', () => {
  it.each([
    ['<a b="1" c=\'2\'/>', [{ b: '1', c: '2' }]],
    ['<a b="&#65;&#x42;&lt;&amp;lt;&foo;"/>', [{ b: 'AB<&lt;&foo;' }]],
    ['<!-- <x> --><a><!-- </a> --><b/></a>', [{}, {}]],
  ])('%s', (text, attributes) => {
    const opened = readXml(text)?.flatMap((piece) => (piece.kind === 'open' ? [piece.attributes] : []));
    expect(opened).toEqual(attributes);
  });

  it.each([
    '<a>',
    '</a>',
    '<a></b>',
    '<a b=1/>',
    '<a b/>',
    '<a/><b/>',
    'x<a/>',
    '<a',
    '<a b="',
    '<!-- ',
    '<>',
  ])('%s is not well-formed', (text) => expect(readXml(text)).toBeUndefined());

  it('cannot be made to grow or to go deep', () => {
    expect(readXml(`<a>${'<b>'.repeat(1000)}`)).toBeUndefined();
    expect(readXml('<!DOCTYPE a [<!ENTITY l "ll">]><a>&l;</a>')).toBeUndefined();
  });
});

describe('qualityGates.testReport', () => {
  // Prints nothing that could be counted: only the report tells.
  const testCommand =
    'node --test --test-reporter=junit --test-reporter-destination=reports/tests.xml test/ > /dev/null';
  const journey = async (qualityGates: object, change: Readonly<Record<string, string>>, files = {}) => {
    const root = project({
      config: { profile: 'light', qualityGates },
      files: { 'reports/.gitignore': '*.xml\n', ...files },
    });
    await startWork(callIn(root), { ticketId: 'FEAT-001', worktree: false, rebase: false });
    writeFiles(root, change);
    return runGate(callIn(root), { ticketId: 'FEAT-001', gate: 'implement' });
  };
  const three = {
    ...discount,
    'test/discount.test.js': testFile('../src/basket.js', {
      a: 'basket.price(5000) === 4500',
      b: 'basket.price(100) === 100',
      c: 'basket.price(5001) === 4501',
    }),
  };

  it('counts new tests of a runner whose output says nothing', async () => {
    const gates = { testCommand, testReport: 'reports/*.xml' };
    expect(await journey(gates, discount)).toMatchObject({
      result: 'fail',
      message: 'FEAT tickets need 3 new or changed tests, this change has 1',
    });
    expect(await journey(gates, three)).toMatchObject({
      result: 'pass',
      evidence: [{}, { record: { tests: { passed: 4, added: 3 } } }],
    });
  });

  it('says so when tests are not counted', async () => {
    expect(await journey({ testCommand }, discount)).toMatchObject({
      result: 'pass',
      message: expect.stringContaining('new ones were not counted (qualityGates.testReport)'),
    });
  });

  it.each([
    ['no report', { testReport: 'none/**/*.xml' }, {}, /no file matches qualityGates.testReport/],
    ['a report outside the project', { testReport: '../*.xml' }, {}, /no file matches/],
    [
      'a report that the run did not write',
      { testReport: 'old/*.xml' },
      { 'old/.gitignore': '', 'old/a.xml': '<testsuites/>' },
      /is older than the run/,
    ],
    [
      'something else',
      { testReport: 'reports/*.xml', testCommand: 'node --test test/ && echo no > reports/a.xml' },
      {},
      /reports\/a.xml is no JUnit XML/,
    ],
  ])('fails for %s', async (_what, gates, files, message) => {
    const { utimesSync } = await import('node:fs');
    const root = project({
      config: { profile: 'light', qualityGates: { testCommand, ...gates } },
      files: { 'reports/.gitignore': '*.xml\n', ...files },
      ticket: { tests: 'existing' },
    });
    await startWork(callIn(root), { ticketId: 'FEAT-001', worktree: false, rebase: false });
    if ('old/a.xml' in files) utimesSync(`${root}/old/a.xml`, 1, 1);
    expect(await runGate(callIn(root), { ticketId: 'FEAT-001', gate: 'implement' })).toMatchObject({
      result: 'fail',
      message: expect.stringMatching(message),
    });
  });
});
