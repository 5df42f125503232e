// Where everything in the console is.
import type { OperatorPage } from "../site/visit.ts";

export const all: OperatorPage = {
  path: "/operator/all",
  who: "operator",
  show: async ({ texts: { operator } }) => {
    const { groups, title } = operator.all;
    const { nav, catalogue, coupons, migrations, partners, refunds, epoch, secondFactor } = operator;
    const places: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
      [
        groups.money,
        [
          ["/operator/refunds", refunds.title],
          ["/operator/reconciliations", nav.reconciliations],
          ["/operator/collecting", nav.collecting],
        ],
      ],
      [
        groups.catalogue,
        [
          ["/operator/products", catalogue.products],
          ["/operator/coupons", coupons.title],
          ["/operator/price-migrations", migrations.title],
        ],
      ],
      [
        groups.partners,
        [
          ["/operator/partners", partners.title],
          ["/operator/webhook-endpoints", partners.endpoints],
        ],
      ],
      [
        groups.system,
        [
          ["/operator/invariants", nav.invariants],
          ["/operator/epoch", epoch.title],
          ["/operator/factor", secondFactor.title],
        ],
      ],
    ];
    const content = (
      <div class="tiles">
        {places.map(([group, links]) => (
          <section class="card">
            <h2>{group}</h2>
            <ul class="plain">
              {links.map(([to, name]) => (
                <li>
                  <a href={to}>{name}</a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    );
    return { title, content };
  },
};
