/**
 * What is wrong with a body. Its message says what is there, as in "sent a body that is not JSON": whoever reads the body
 * says who sent it.
 */
export class FormatFault extends Error {}

/** It is whole, and not of the format. */
export class NotThisFormat extends FormatFault {}

/** It ends too early: it may have been cut on its way. */
export class CutShort extends FormatFault {}

/** A part of it that can only be read as a whole is more than is held in memory. */
export class TooLargeToHold extends FormatFault {}
