// The body of a request as JSON text; null when its sender was killed before all of it was sent, which is no request.
export async function whole(request) {
  let text = '';
  try {
    for await (const chunk of request) text += chunk;
    JSON.parse(text);
  } catch {
    request.destroy();
    return null;
  }
  return request.complete ? text : null;
}
