/** A model by its name on the Hub, which answers here from the test: listed, downloaded, opened; and what is said where it has none. */
import { expect, test } from "@playwright/test";
import { installFakeWorker } from "./fake-worker.ts";

test("a model of the Hub is listed with sizes, downloaded and opened; an unknown one gets its answer", async ({ page }) => {
  const asked: string[] = [];
  await page.route(/^https:\/\/huggingface\.co\//, async (route) => {
    const { pathname } = new URL(route.request().url());
    asked.push(pathname);
    const headers = { "Access-Control-Allow-Origin": "*" };
    if (pathname.startsWith("/api/models/someone/vit/tree/main")) {
      const files = ["README.md", "config.json", "model.safetensors"].map((path, i) => ({
        type: "file",
        path,
        size: [9, 2, 1_500_000][i],
        oid: `oid${i}`,
      }));
      await route.fulfill({ json: files, headers });
    } else if (pathname.endsWith("/config.json")) await route.fulfill({ body: "{}", headers });
    else if (pathname.endsWith("/model.safetensors")) await route.fulfill({ body: Buffer.alloc(1_500_000), headers });
    else await route.fulfill({ status: 404, json: { error: "Repository not found" }, headers });
  });
  await installFakeWorker(page);
  await page.goto("./");
  const card = page.getByTestId("hub-card");
  await card.getByLabel("Repository").fill("nobody/nothing");
  expect(asked).toEqual([]);
  await card.getByLabel("Repository").press("Enter");
  await expect(page.getByTestId("error-code")).toHaveText("HUB_NOT_FOUND");
  await page.getByTestId("error-more").getByText("More:").click();
  await expect(page.getByTestId("error-more")).toContainText("What helps");

  await card.getByLabel("Repository").fill("someone/vit");
  await card.getByRole("button", { name: "List its files" }).click();
  const files = card.getByTestId("hub-files");
  await expect(files.getByRole("row").filter({ hasText: "model.safetensors" })).toContainText("1.50 MB");
  await expect(files.getByRole("checkbox", { checked: true })).toHaveCount(2);
  const download = files.getByRole("button", { name: /^Download 1\.50 MB and open$/ });
  await download.click();
  await expect(page.getByTestId("model-card")).toContainText("vit");
  expect(asked.filter((path) => path.includes("/resolve/"))).toEqual([
    "/someone/vit/resolve/main/config.json",
    "/someone/vit/resolve/main/model.safetensors",
  ]);
});
