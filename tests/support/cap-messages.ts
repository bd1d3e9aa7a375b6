/** Messages of OASIS CAP 1.2, element by element, so that a test changes one of them. */

const plainAlert = {
  namespace: "urn:oasis:names:tc:emergency:cap:1.2",
  identifier: "<identifier>KTTV-2026-11-23-001</identifier>",
  sender: "<sender>dai@kttv.example.vn</sender>",
  sent: "<sent>2026-11-23T04:30:00+07:00</sent>",
  status: "<status>Actual</status>",
  msgType: "<msgType>Alert</msgType>",
  scope: "<scope>Public</scope>",
  references: "",
};

const plainInfo = {
  language: "<language>vi-VN</language>",
  category: "<category>Met</category>",
  event: "<event>Lũ quét</event>",
  urgency: "<urgency>Immediate</urgency>",
  severity: "<severity>Extreme</severity>",
  certainty: "<certainty>Observed</certainty>",
  audience: "",
  expires: "<expires>2026-11-23T10:30:00+07:00</expires>",
  headline: "<headline>Cảnh báo lũ quét xã An Hòa</headline>",
  parameter: "",
  resource: "",
  area: `<area><areaDesc>Xã An Hòa</areaDesc><polygon>16.1,108.1 16.3,108.1 16.3,108.3 16.1,108.1</polygon>
    <circle>16.2,108.2 5</circle>
    <geocode><valueName>loa:area</valueName><value>xa-an-hoa</value></geocode></area>`,
};

export function capInfo(changed: Partial<Record<string, string>> = {}): string {
  return `<info>${Object.values({ ...plainInfo, ...changed }).join("\n")}</info>`;
}

export function capMessage(changed: Partial<typeof plainAlert> & { readonly infos?: string } = {}): string {
  const { infos = capInfo(), ...rest } = changed;
  const { namespace, ...elements } = { ...plainAlert, ...rest };
  return `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="${namespace}">${Object.values(elements).join("\n")}${infos}</alert>`;
}

/** An area of ours, by its code. */
export function areaOf(id: string): string {
  return `<area><areaDesc>${id}</areaDesc><geocode><valueName>loa:area</valueName><value>${id}</value></geocode></area>`;
}

export function inArea(id: string): string {
  return capMessage({ infos: capInfo({ area: areaOf(id) }) });
}
