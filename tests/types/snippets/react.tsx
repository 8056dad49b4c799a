import type {} from 'image-likeness/element/react';

export const view = (
  <image-likeness
    a="a.png"
    b={new Blob()}
    alt-a="A cat"
    explain
    className="wide"
    onlikeness-result={({ detail }) => console.log(detail.score)}
    onlikeness-error={({ detail }) => console.log(detail.code)}
  />
);

// @ts-expect-error A number is no image.
export const wrong = <image-likeness a={3} />;
// @ts-expect-error There is no such attribute.
export const unknown = <image-likeness first="a.png" />;
