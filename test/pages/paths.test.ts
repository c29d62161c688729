import { expect, test } from 'vitest';
import { clientPath, driftPath, modelPath, pageOf, performancePath, sectionOf } from '../../src/pages/paths';

test('ids and names of any kind stand in an address', () => {
  expect(clientPath('a@1.0', 'n° 7/8?', 'why')).toBe('/b/a%401.0/clients/n%C2%B0%207%2F8%3F?section=why');
  expect(modelPath('a', { client: '7', feature: '' })).toBe('/b/a/model?client=7');
  expect(driftPath('a', { column: 'x/y', query: 'preset=psi' })).toBe('/b/a/drift/x%2Fy?preset=psi');
  expect(performancePath('a')).toBe('/b/a/performance');
});

test('a section is one that is there', () => {
  expect(sectionOf('section=why')).toBe('why');
  expect(sectionOf('section=other')).toBeNull();
  expect(sectionOf(undefined)).toBeNull();
});

test.each([
  ['/b/a/model', 'model'],
  ['/b/a/drift/x%2Fy', 'drift'],
  ['/b/a/performance', 'drift'],
  ['/b/a/clients/7', 'clients'],
  ['/about', 'about'],
  ['/settings', null],
])('%s is a page of %s', (path, page) => expect(pageOf(path)).toBe(page));
