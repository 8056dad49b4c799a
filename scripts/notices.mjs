/** `npm run notices`: writes THIRD_PARTY_NOTICES.md anew from what is installed. */
import { writeFile } from 'node:fs/promises';
import { installPackages } from './lib/build.mjs';
import { rooted } from './lib/files.mjs';
import { checkLicences, renderNotices } from './lib/licences.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  await installPackages();
  checkLicences();
  await writeFile(rooted('THIRD_PARTY_NOTICES.md'), renderNotices());
});
