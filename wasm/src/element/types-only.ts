/** What `image-likeness/element/react` and `…/vue` are at run time: they have types only. */
export {};
