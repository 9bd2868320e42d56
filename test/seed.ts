/** Gives every property test the seed of this run; TIDEWAITER_SEED repeats it. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['TIDEWAITER_SEED']) });
