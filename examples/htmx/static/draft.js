// Keeps what is typed into a form with `data-draft-of`, also when the session has ended and the page leaves for the sign-in.
//
// The draft is in the storage of the tab until the server has accepted the form. It belongs to the user whom the form
// names, and a sign-out ends it.

const KEY = 'draft';

const forget = () => sessionStorage.removeItem(KEY);

document.addEventListener('input', ({ target }) => {
  const form = target.closest('form[data-draft-of]');
  if (!form) return;
  const fields = [...new FormData(form)].filter(([, value]) => value);
  if (fields.length === 0) forget();
  else sessionStorage.setItem(KEY, JSON.stringify({ of: form.dataset.draftOf, fields }));
});

// After a 401 the draft stays: htmx leaves for the sign-in, which returns to this page.
document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  const ends = ctx.sourceElement.matches('form[data-draft-of], form[data-ends-drafts]');
  if (ends && ctx.response.raw.ok) forget();
});

function restore() {
  const form = document.querySelector('form[data-draft-of]');
  const draft = JSON.parse(sessionStorage.getItem(KEY));
  if (!form || !draft) return;
  if (draft.of !== form.dataset.draftOf) {
    // Somebody else has signed in.
    forget();
    return;
  }
  for (const [name, value] of draft.fields) form.elements.namedItem(name).value = value;
  form.querySelector('[data-draft-notice]').textContent = 'This is what you typed before. It is not saved yet.';
}

document.addEventListener('htmx:after:swap', restore);
restore();
