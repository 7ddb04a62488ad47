import { PLANTED_BUGS } from './planted-bugs.ts';
import { searchPlanted } from './search-planted.ts';

// node test/air-gap/find-planted.ts [PART OF A NAME]: before schedules say that nothing is wrong, they must find what is.
let missed = 0;
for (const bug of PLANTED_BUGS.filter(({ name }) => name.includes(process.argv[2] ?? ''))) {
  const { said, found, seconds } = await searchPlanted(bug);
  if (!found) missed++;
  const verdict = found ? 'found' : 'MISSED';
  console.log(`${verdict} within ${bug.within} schedules, ${seconds} s: ${bug.name}\n   ${said.slice(0, 300)}`);
}
process.exitCode = missed === 0 ? 0 : 1;
