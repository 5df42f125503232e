// What happens to no customer: the catalogue, the books, partners and their endpoints.
import { say, type About, type WordsFor } from "./words.ts";

type Catalogue = About<"product"> | About<"price"> | About<"coupon"> | About<"price_migration">;
type Bookkeeping = About<"reconciliation"> | About<"payout"> | About<"month">;
type Switches = About<"collecting"> | About<"epoch"> | About<"key_rotation"> | About<"operator"> | About<"log">;
type System = Switches | Bookkeeping;
type Partners = About<"partner"> | About<"partner_key"> | About<"webhook_endpoint">;

export const otherWords: WordsFor<Catalogue | System | Partners> = {
  "product.created": say("محصولی افزوده شد.", "A product was added."),
  "product.detailed": say("نام‌ها و مشخصات مالیاتی محصول ثبت شد.", "A product's names and tax details were set."),
  "product.features_described": ({ language }) =>
    language === "fa"
      ? say("نام فارسی امکانات محصول ثبت شد.", "What a product's features are called in Persian was set.")
      : say("نام انگلیسی امکانات محصول ثبت شد.", "What a product's features are called in English was set."),
  "price.created": say("قیمتی افزوده شد.", "A price was added."),
  "product.archived": say("محصولی از فروش خارج شد.", "A product is no longer for sale."),
  "price.archived": say("قیمتی از فروش خارج شد.", "A price is no longer for sale."),
  "coupon.created": say("کد تخفیفی ساخته شد.", "A coupon was made."),
  "coupon.archived": say("کد تخفیفی از کار افتاد.", "A coupon can no longer be redeemed."),
  "price_migration.planned": say("تغییر قیمتی طرح شد.", "A change of price was planned."),
  "price_migration.confirmed": say("تغییر قیمت تأیید شد.", "A change of price was confirmed."),
  "price_migration.canceled": say("تغییر قیمت لغو شد.", "A change of price was called off."),
  "collecting.changed": ({ collecting }) =>
    collecting
      ? say("دریافت پرداخت‌ها از سر گرفته شد.", "Collecting payments was resumed.")
      : say("دریافت پرداخت‌ها نگه داشته شد.", "Collecting payments was stopped."),
  "epoch.started": say("پشتیبان بازگردانده شد و دورهٔ تازه‌ای آغاز شد.", "A backup was restored and a new epoch began."),
  "epoch.recalled": say(
    "آنچه پشتیبان فراموش کرده بود از پرونده‌های امضاشده بازخوانده شد.",
    "What the backup had forgotten was recalled from the signed files.",
  ),
  "epoch.settled": say("تردیدهای پس از بازگردانی برطرف شد.", "What was in doubt after the restore was settled."),
  "log.archived": say("رویدادهای کهنه به پرونده‌های امضاشده سپرده شد.", "Old events were left to the signed files."),
  "reconciliation.completed": say(
    "پرداخت‌های یک روز با درگاه سنجیده شد.",
    "A day's payments were held against the gateway's.",
  ),
  "payout.imported": say("پروندهٔ واریز درگاه خوانده شد.", "The gateway's payout file was read."),
  "month.closed": say("دفترهای یک ماه بسته شد.", "The books of a month were closed."),
  "key_rotation.begun": say("تعویض کلید رمزنگاری آغاز شد.", "A rotation of the sealing keys began."),
  "key_rotation.completed": say("تعویض کلید رمزنگاری پایان یافت.", "A rotation of the sealing keys was completed."),
  "operator.second_factor_enrolled": say("تأیید دومرحله‌ای کاربری برقرار شد.", "An operator has a second factor."),
  "operator.second_factor_disabled": say("تأیید دومرحله‌ای کاربری کنار رفت.", "An operator gave up a second factor."),
  "operator.second_factor_reset": say("تأیید دومرحله‌ای کاربری بازنشانی شد.", "An operator's second factor was reset."),
  "operator.backup_code_used": say("کاربری با رمز پشتیبان وارد شد.", "An operator signed in by a backup code."),
  "partner.created": say("یک همکار ساخته شد.", "A partner was made."),
  "partner.return_urls_changed": say("نشانی‌های بازگشت همکار عوض شد.", "A partner's return URLs were changed."),
  "partner_key.created": say("کلیدی ساخته شد.", "A key was made."),
  "partner_key.rotated": say("کلیدی جای کلید دیگری را گرفت.", "A key took the place of another."),
  "partner_key.revoked": say("کلیدی باطل شد.", "A key was revoked."),
  "webhook_endpoint.created": say("نشانی وب‌هوک افزوده شد.", "A webhook endpoint was added."),
  "webhook_endpoint.updated": say("نشانی وب‌هوک تغییر کرد.", "A webhook endpoint was changed."),
  "webhook_endpoint.secret_rotated": say("رمز وب‌هوک عوض شد.", "A webhook endpoint has a new secret."),
  "webhook_endpoint.disabled": say("فرستادن به وب‌هوک قطع شد.", "A webhook endpoint was disabled."),
  "webhook_endpoint.enabled": say("فرستادن به وب‌هوک از سر گرفته شد.", "A webhook endpoint was enabled."),
  "webhook_endpoint.archived": say("وب‌هوک برچیده شد.", "A webhook endpoint was archived."),
  "webhook_endpoint.tested": say("وب‌هوک آزموده شد.", "A webhook endpoint was tested."),
  "webhook_endpoint.replayed": say(
    "رویدادها دوباره به وب‌هوک فرستاده شد.",
    "Events were replayed to a webhook endpoint.",
  ),
};
