/** A view's style, which the build puts into the page's. */
declare module '*.css' {}
