// Writes the vectors: `npm install && npm run make`. Never run by a test.

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Dice } from "./dice.mjs";
import { gppVector } from "./gpp.mjs";
import { tcVector } from "./tcf.mjs";

const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url)));

function write(name, seed, maker, vectors) {
  const head = {
    format: `govreg-signal-${name}-vectors`, version: 1, seed, maker: `${maker} ${dependencies[maker]}`,
    count: vectors.length,
  };
  const lines = [head, ...vectors].map((each) => JSON.stringify(each)).join("\n");
  writeFileSync(new URL(`${name}.jsonl.gz`, import.meta.url), gzipSync(`${lines}\n`, { level: 9 }));
  console.log(`${name}: ${vectors.length}`);
}

const tcDice = new Dice(20261126);
const tc = [...Array(600)].map(() => tcVector(tcDice));
write("tcf", 20261126, "@iabtechlabtcf/core", tc);

const inside = tc.filter((each) => each.fields.is_service_specific && each.text.length < 400);
const gppDice = new Dice(20261127);
const gpp = [...Array(600)].map(() =>
  gppVector(gppDice, gppDice.chance(0.2) ? gppDice.one(inside).text : null),
);
write("gpp", 20261127, "@iabgpp/cmpapi", gpp);
