import { expect, test } from 'vitest';
import { RequestGate } from '../../src/delivery/request-gate.ts';

/** Enters in this order and notes who got in. */
function enterAll(gate: RequestGate, lanes: readonly string[], entered: string[]): Promise<Disposable>[] {
  return lanes.map(async (lane) => {
    const place = await gate.enter(lane);
    entered.push(lane);
    return place;
  });
}

const settle = () => new Promise((done) => setImmediate(done));

test('lets so many requests through at once, and the others in turn', async () => {
  const entered: string[] = [];
  const [first, second, third] = enterAll(new RequestGate(2), ['0', '1', '2', '3'], entered);
  await settle();
  expect(entered).toEqual(['0', '1']);
  (await first)?.[Symbol.dispose]();
  await settle();
  expect(entered).toEqual(['0', '1', '2']);
  (await second)?.[Symbol.dispose]();
  (await third)?.[Symbol.dispose]();
  await settle();
  expect(entered).toEqual(['0', '1', '2', '3']);
});

test('lets a hurried lane in before those that wait longer, whether it waits already or not yet, and once', async () => {
  const entered: string[] = [];
  const gate = new RequestGate(1);
  const places = enterAll(gate, ['0', '1', '2'], entered);
  gate.hurry('2');
  gate.hurry('3');
  places.push(...enterAll(gate, ['3'], entered));
  const next = async (index: number) => {
    (await places[index])?.[Symbol.dispose]();
    await settle();
  };
  await next(0);
  await next(2);
  places.push(...enterAll(gate, ['2'], entered));
  for (const index of [3, 1, 4]) await next(index);
  expect(entered).toEqual(['0', '2', '3', '1', '2']);
});
