import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER_OF_PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The licence and what has to go with it, as the package has them. @param {string} folder */
function textsOf(folder) {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)\b/i.test(name));
  return files.map((name) => readFileSync(join(folder, name), 'utf8').trim());
}

/** @param {string} folder a package */
function sectionOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = textsOf(folder);
  const words =
    texts.length > 0
      ? texts
      : [`Copyright (c) ${author?.name ?? author}. The package has no text of its licence.`];
  return `## ${name} ${version}\n\n${license}\n\n${words.map((text) => `\`\`\`\`text\n${text}\n\`\`\`\``).join('\n\n')}\n`;
}

/**
 * The licences of the packages that a bundle took files from: what is copied has to carry them.
 * @param {string} what was built @param {Iterable<string>} paths of files, whole
 */
export function thirdPartyNotice(what, paths) {
  const folders = new Set([...paths].map((path) => FOLDER_OF_PACKAGE.exec(path.replaceAll('\\', '/'))?.[0]));
  const sections = [...folders].filter((folder) => folder !== undefined).map(sectionOf);
  return `# What others wrote in ${what} of Latchkey\n\n${[...new Set(sections)].sort().join('\n')}`;
}

/** The packages of such a notice, as `name@version`. @param {string} notice */
export const packagesOfNotice = (notice) =>
  [...notice.matchAll(/^## (\S+) (\S+)$/gm)].map(([, name, version]) => `${name}@${version}`);
