import 'image-likeness/element';
import type { Comparison } from 'image-likeness';
import type { ImageLikeness } from 'image-likeness/element';

const element = document.createElement('image-likeness');
const same: ImageLikeness = element;
same.a = new Blob();
same.b = 'b.png';
same.explain = true;
element.addEventListener('likeness-result', ({ detail }) => {
  const comparison: Comparison = detail;
  console.log(comparison.score);
});
element.addEventListener('likeness-error', ({ detail }) => console.log(detail.code));
element.addEventListener('likeness-progress', ({ detail }) => console.log(detail.loaded));
document.querySelector('image-likeness')?.result?.verdict;
element.updateComplete.then((settled: boolean) => console.log(settled));

// @ts-expect-error A number is no image.
same.a = 3;
// @ts-expect-error The result is the element's own.
same.result = undefined;
// @ts-expect-error Errors have a code, results have a score.
element.addEventListener('likeness-error', ({ detail }) => console.log(detail.score));
