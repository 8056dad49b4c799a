import Long from 'long';
import protobuf from 'protobufjs/light.js';

// It looks for this by a `require` that no bundler sees. Without it, integers of 64 bits are rounded.
protobuf.util.Long = Long;
protobuf.configure();

export { protobuf };
