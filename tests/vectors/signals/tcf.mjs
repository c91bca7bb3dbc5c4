// TC strings made and read back by @iabtechlabtcf/core; the vendor list is made up.

import { createRequire } from "node:module";
import { spans } from "./dice.mjs";

const require = createRequire(import.meta.url);
const { GVL, PurposeRestriction, Segment, TCModel, TCString } = require("@iabtechlabtcf/core");
const DAY = 86_400_000;
const LANGUAGES = ["EN", "FI", "DE", "SV", "FR", "ZZ"];
const ALL = [...Array(24)].map((_, at) => at + 1);

function vendorList(dice, { version, policy, highest }) {
  const named = (count) =>
    Object.fromEntries(
      [...Array(count)].map((_, at) => [
        at + 1,
        { id: at + 1, name: "x", description: "x", illustrations: [] },
      ]),
    );
  const vendors = {};
  for (let id = 1; id <= highest; id += 1) {
    if (id % 97 === 0) continue; // lists have gaps
    vendors[id] = {
      id, name: `v${id}`, purposes: id % 5 ? [1, 2, 3] : [1], legIntPurposes: id % 3 ? [7, 8, 9, 10] : [],
      flexiblePurposes: [2, 7, 8], specialPurposes: [1], features: [], specialFeatures: [1],
      policyUrl: "x", usesCookies: true, cookieMaxAgeSeconds: 1, cookieRefresh: false,
      usesNonCookieAccess: false,
    };
  }
  const list = new GVL({
    gvlSpecificationVersion: 3, vendorListVersion: version, tcfPolicyVersion: policy,
    lastUpdated: "2026-01-01T00:00:00Z", purposes: named(11), specialPurposes: named(3), features: {},
    specialFeatures: named(2), stacks: {}, dataCategories: {}, vendors,
  });
  list.lang_ = dice.one(LANGUAGES); // what a fetched translation would set
  list.clone = () => list; // a copy would fetch its language
  return list;
}

function choose(dice, vector, highest) {
  const ids = dice.one([
    () => [],
    () => dice.runs(highest, dice.between(1, 4)),
    () => dice.some([...Array(highest)].map((_, at) => at + 1), dice.next()),
    () => dice.some([...Array(highest)].map((_, at) => at + 1), 0.01),
    () => [highest],
  ])();
  vector.set(ids);
}

function restrict(dice, model, highest) {
  for (let count = dice.between(0, 6); count > 0; count -= 1) {
    const restriction = new PurposeRestriction();
    restriction.purposeId = dice.one([1, 2, 3, 7, 8, 9, 10]);
    restriction.restrictionType = dice.between(0, 2);
    for (const vendor of dice.runs(highest, dice.between(1, 4))) {
      model.publisherRestrictions.add(vendor, restriction);
    }
  }
}

function modelOf(dice) {
  const highest = dice.one([5, 44, 45, 46, 47, 60, 90, 200, 400, 1300]);
  const policy = dice.one([2, 4, 5, 5, 5]);
  const model = new TCModel(
    vendorList(dice, { version: dice.between(1, 400), policy, highest }),
  );
  model.cmpId = dice.between(2, 4095);
  model.cmpVersion = dice.between(0, 4095);
  model.consentScreen = dice.between(0, 63);
  model.isServiceSpecific = dice.chance(0.9);
  model.useNonStandardTexts = dice.chance(0.3);
  model.purposeOneTreatment = dice.chance(0.2);
  model.publisherCountryCode = dice.one(["AA", "DE", "FI", "FR", "ZZ"]);
  model.specialFeatureOptins.set(dice.some(ALL.slice(0, 12), 0.3));
  model.purposeConsents.set(dice.some(ALL, dice.next()));
  model.purposeLegitimateInterests.set(dice.some(ALL, dice.next()));
  choose(dice, model.vendorConsents, highest);
  choose(dice, model.vendorLegitimateInterests, highest);
  choose(dice, model.vendorsDisclosed, highest);
  choose(dice, model.vendorsAllowed, highest);
  if (model.isServiceSpecific) restrict(dice, model, highest);
  model.publisherConsents.set(dice.some(ALL, 0.4));
  model.publisherLegitimateInterests.set(dice.some(ALL, 0.4));
  model.numCustomPurposes = dice.one([0, 0, 1, 5, 24, 63]);
  const custom = [...Array(model.numCustomPurposes)].map((_, at) => at + 1);
  model.publisherCustomConsents.set(dice.some(custom, 0.5));
  model.publisherCustomLegitimateInterests.set(dice.some(custom, 0.5));
  const created = new Date(Date.UTC(2020, 0, 1) + dice.between(0, 2500) * DAY);
  model.created = created;
  model.lastUpdated = dice.chance(0.8) ? created : new Date(created.getTime() + dice.between(1, 1e7) * 100);
  return model;
}

const SEGMENTS = [
  undefined, undefined, undefined,
  [Segment.CORE],
  [Segment.CORE, Segment.VENDORS_DISCLOSED],
  [Segment.CORE, Segment.PUBLISHER_TC],
  [Segment.CORE, Segment.VENDORS_DISCLOSED, Segment.VENDORS_ALLOWED, Segment.PUBLISHER_TC],
];

function ids(vector) {
  const found = [];
  vector.forEach((held, id) => {
    if (held) found.push(id);
  });
  return spans(found);
}

function read(text) {
  const read = TCString.decode(text);
  const kinds = text.split(".").map((part) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef".indexOf(part[0]) >> 3);
  return {
    created: read.created.toISOString(),
    last_updated: read.lastUpdated.toISOString(),
    cmp_id: read.cmpId,
    cmp_version: read.cmpVersion,
    consent_screen: read.consentScreen,
    consent_language: read.consentLanguage,
    vendor_list_version: read.vendorListVersion,
    policy_version: read.policyVersion,
    is_service_specific: read.isServiceSpecific,
    use_non_standard_texts: read.useNonStandardTexts,
    special_feature_opt_ins: ids(read.specialFeatureOptins),
    purpose_consents: ids(read.purposeConsents),
    purpose_legitimate_interests: ids(read.purposeLegitimateInterests),
    purpose_one_treatment: read.purposeOneTreatment,
    publisher_country: read.publisherCountryCode,
    vendor_consents: ids(read.vendorConsents),
    vendor_legitimate_interests: ids(read.vendorLegitimateInterests),
    publisher_restrictions: read.publisherRestrictions.getRestrictions().map((each) => [
      each.purposeId, each.restrictionType, spans(read.publisherRestrictions.getVendors(each)),
    ]),
    disclosed_vendors: kinds.includes(1) ? ids(read.vendorsDisclosed) : null,
    allowed_vendors: kinds.includes(2) ? ids(read.vendorsAllowed) : null,
    publisher: kinds.includes(3)
      ? {
          consents: ids(read.publisherConsents),
          legitimate_interests: ids(read.publisherLegitimateInterests),
          custom_purposes: read.numCustomPurposes,
          custom_consents: ids(read.publisherCustomConsents),
          custom_legitimate_interests: ids(read.publisherCustomLegitimateInterests),
        }
      : null,
  };
}

/** One TC string with everything that the library reads out of it. */
export function tcVector(dice) {
  const segments = dice.one(SEGMENTS);
  const text = TCString.encode(modelOf(dice), segments ? { segments } : undefined);
  return { text, fields: read(text) };
}
