import type { Argument } from '@commander-js/extra-typings';
import type { Definition } from '../../definition/definition.ts';

/** What an argument may be: the name of a definition of these kinds, or one of what the function finds. */
export type Offer = readonly Definition['kind'][] | (() => Promise<string[]>);

type AnyArgument = Pick<Argument, 'name'>;

const offers = new WeakMap<AnyArgument, Offer>();

/** Has a shell offer this in place of an argument. @returns the argument */
export function offering<A extends AnyArgument>(argument: A, offer: Offer): A {
  offers.set(argument, offer);
  return argument;
}

export function offerOf(argument: AnyArgument): Offer | undefined {
  return offers.get(argument);
}
