import type {} from 'image-likeness/element/vue';
import type { GlobalComponents } from 'vue';

type Properties = InstanceType<GlobalComponents['image-likeness']>['$props'];

export const good: Properties = {
  a: 'a.png',
  b: new Blob(),
  explain: true,
  'onLikeness-result': ({ detail }) => console.log(detail.score),
};

// @ts-expect-error A number is no image.
export const wrong: Properties = { a: 3 };
// @ts-expect-error Errors have a code, results have a score.
export const confused: Properties = { 'onLikeness-error': ({ detail }) => detail.score };
