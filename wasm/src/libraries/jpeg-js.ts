import jpeg from 'jpeg-js';

export const { encode } = jpeg;
