import { createHash } from 'node:crypto';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They take twenty seconds and more: begun last, one of them would keep the others waiting. */
const LONG = /\/(browser-|workers\.|keys-fleet|graceful-stop|migrate\.|backup|faults\/database-away)/;

/** Files in random order, by the seed that the report names, but the long ones before the others. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    const drawn = ({ moduleId, project }: TestSpecification) => {
      const lot = createHash('sha1').update(`${seed} ${project.name} ${moduleId}`).digest('hex');
      return `${LONG.test(moduleId) ? 0 : 1} ${lot}`;
    };
    const lots = new Map(files.map((file) => [file, drawn(file)]));
    return files.toSorted((a, b) => ((lots.get(a) ?? '') < (lots.get(b) ?? '') ? -1 : 1));
  }
}
