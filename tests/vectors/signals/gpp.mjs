// GPP strings made and read back by @iabgpp/cmpapi; TC strings inside come from @iabtechlabtcf/core.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const encoder = join(dirname(require.resolve("@iabgpp/cmpapi")), "encoder");
const { GppModel } = require(join(encoder, "GppModel.js"));

const STATES = [
  "usnat", "usca", "usva", "usco", "usut", "usct", "usfl", "usmt", "usor", "ustx", "usde", "usia",
  "usne", "usnh", "usnj", "ustn", "usmn", "usmd", "usin", "usky", "usri",
];
const VERSIONS = new Set(["Version", "MspaVersion"]);
const NO_CHOICE = new Set(["GpcSegmentType", "GpcSegmentIncluded", "SensitiveDataConsentSegmentIncluded"]);

function fill(dice, model, section) {
  model.setFieldValue(section, "MspaCoveredTransaction", dice.between(1, 2)); // makes the section
  if (section === "usnat") model.setFieldValue(section, "Version", dice.between(1, 2));
  for (const [name, held] of Object.entries(model.getSection(section))) {
    if (VERSIONS.has(name) || NO_CHOICE.has(name) || name === "MspaCoveredTransaction") continue;
    if (name === "Gpc") model.setFieldValue(section, name, dice.chance(0.5));
    else if (Array.isArray(held)) model.setFieldValue(section, name, held.map(() => dice.between(0, 2)));
    else model.setFieldValue(section, name, dice.between(0, 2));
  }
  for (const included of ["GpcSegmentIncluded", "SensitiveDataConsentSegmentIncluded"]) {
    if (model.hasField(section, included)) model.setFieldValue(section, included, dice.chance(0.7));
  }
}

/** One GPP string with everything that the library reads out of it; a TC string is left as text. */
export function gppVector(dice, tc) {
  const model = new GppModel();
  const states = dice.some(STATES, dice.one([0.05, 0.15, 0.5]));
  for (const section of states) fill(dice, model, section);
  if (dice.chance(0.3)) {
    model.setFieldValue("uspv1", "Version", 1);
    for (const name of ["Notice", "OptOutSale", "LspaCovered"]) {
      model.setFieldValue("uspv1", name, dice.one(["Y", "N", "-"]));
    }
  }
  let text = model.encode();
  let ids = model.getSectionIds();
  if (tc !== null) {
    model.setFieldValue("tcfeuv2", "CmpId", 2);
    ids = model.getSectionIds();
    const parts = model.encode().split("~");
    parts[1 + ids.indexOf(2)] = tc;
    text = parts.join("~");
  }
  const sections = new GppModel(text).toObject();
  if (tc !== null) sections.tcfeuv2 = tc;
  return { text, ids, sections };
}
