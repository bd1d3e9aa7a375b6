import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { BoxDetail, BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { freshReceipts } from "../live/feed.ts";
import { rowOf, rows } from "../live/fleet.ts";
import { AsRunTable } from "../parts/as-run-table.tsx";
import { BoxEnrolment } from "../parts/box-enrolment.tsx";
import { Equipment } from "../parts/box-equipment.tsx";
import { LastReceipt, NextSession, OnAirNow, PresenceNow } from "../parts/box-facts.tsx";
import { DataUsePanel } from "../parts/data-use-panel.tsx";
import { DeviceTable } from "../parts/device-table.tsx";
import { FaultPanel } from "../parts/fault-panel.tsx";
import { History } from "../parts/history.tsx";
import { LevelMeter } from "../parts/level-meter.tsx";
import { Listen } from "../parts/listen.tsx";
import { Loaded, useAnswer } from "../parts/loaded.tsx";
import { LocalOrders } from "../parts/local-orders.tsx";
import { ReceiptList } from "../parts/receipt-list.tsx";
import { SelfTestPanel } from "../parts/self-test-panel.tsx";
import { SimulatedTrouble } from "../parts/simulated-trouble.tsx";
import { ValueTable } from "../parts/value-table.tsx";
import { linkTo } from "../router.ts";

/** Values, log and receipts come by asking; the row itself is live. ms. */
const ASK_AGAIN_MS = 10_000;

export function BoxPage({ id }: { readonly id: BoxId }): VNode {
  const detail = useAnswer(() => calls.box(id), [id]);
  const newest = freshReceipts.value.find((one) => one.boxId === id)?.at;
  useEffect(() => {
    const timer = setInterval(detail.reload, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [detail.reload]);
  useEffect(() => {
    if (newest !== undefined) detail.reload();
  }, [newest, detail.reload]);
  // Reading `rows` subscribes this page to the live feed.
  const live = rows.value.length > 0 ? rowOf(id) : undefined;
  return (
    <div class="box-page">
      <a href={linkTo({ page: "overview" })}>← {t.value.box.back}</a>
      <h1>{live?.clusterName ?? detail.value?.clusterName ?? id}</h1>
      <Loaded from={detail}>{(value) => <BoxBody detail={value} row={live ?? value} />}</Loaded>
    </div>
  );
}

function BoxBody({ detail, row }: { readonly detail: BoxDetail; readonly row: BoxRow }): VNode {
  const { overview, box } = t.value;
  return (
    <>
      <p class="quiet">
        {row.areaName} · {row.boxId}
        {row.simulated && ` · ${overview.simulated}`}
      </p>
      <section class="panel now" aria-labelledby="now">
        <h2 id="now">{box.now}</h2>
        <dl class="now-facts">
          <NowFact name={overview.columns.presence} value={<PresenceNow row={row} />} />
          <NowFact name={overview.columns.onAir} value={<OnAirNow row={row} />} />
          <NowFact name={overview.columns.next} value={<NextSession row={row} />} />
          <NowFact name={overview.columns.last} value={<LastReceipt row={row} />} />
        </dl>
        <LevelMeter row={row} initial={detail.level} />
        {detail.listenUrl !== null && <Listen url={detail.listenUrl} />}
      </section>
      <FaultPanel row={row} log={detail.faultLog} values={detail.values} />
      <div class="two-columns">
        <ValueTable values={detail.values} faults={row.faults} />
        <div class="stack">
          <DeviceTable devices={detail.devices} />
          <Equipment detail={detail} row={row} />
          <DataUsePanel use={detail.dataUse} />
        </div>
      </div>
      <History box={row.boxId} values={detail.values} />
      <SelfTestPanel box={row.boxId} />
      <section aria-labelledby="box-receipts">
        <h2 id="box-receipts">{box.receipts}</h2>
        <ReceiptList receipts={detail.receipts} withSession />
      </section>
      <AsRunTable rows={detail.asRun} />
      <LocalOrders box={row.boxId} values={detail.values} />
      <BoxEnrolment row={row} />
      {row.simulated && <SimulatedTrouble box={row.boxId} />}
    </>
  );
}

function NowFact({ name, value }: { readonly name: string; readonly value: VNode }): VNode {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
