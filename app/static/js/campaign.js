// The draft of a campaign: the number that the typed template makes, while it is typed.

for (const form of document.querySelectorAll("[data-campaign-form]")) {
  const template = form.elements.number_template;
  const hint = document.getElementById(`${template.id}-hint`)?.querySelector("li:last-child");
  const words = form.dataset;
  const show = () => {
    const values = {
      county: words.county, letter: words.letter, year: form.elements.label_year.value.trim(),
      series: form.elements.number_series.value.trim(), serial: "1",
    };
    const made = template.value.replace(/\{(?:(county|letter)|(year|series|serial)(?::0?([1-9])d)?)\}/g,
      (_all, text, number, width) => (text ? values[text] : values[number].padStart(Number(width ?? 0), "0")));
    hint.textContent = /[{}]/.test(made) ? words.broken : words.example.replace("{number}", made);
  };
  if (!hint) continue;
  for (const input of [template, form.elements.label_year, form.elements.number_series]) input.addEventListener("input", show);
}
