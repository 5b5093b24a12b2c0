/** The English words of questions that are asked before something is lost. */
export const enQuestions = {
  leave: {
    title: 'Leave without saving?',
    body: 'Your changes on this screen are not saved. If you leave, they are lost.',
    bodyTypedOn: 'What you typed since the last save is lost if you leave. That save is still on its way.',
    confirm: 'Leave without saving',
    titleWaiting: 'Leave while this is on its way?',
    bodyWaiting:
      'It is sent as soon as the server answers, also when you leave. Should the server refuse it, what you typed is lost.',
    confirmWaiting: 'Leave',
    cancel: 'Stay here',
  },
  delete: {
    button: 'Delete',
    title: 'Delete “{{title}}”?',
    body: '{{item}}: it disappears from the panel and from the site for everybody.',
    confirm: 'Delete',
    done: '“{{title}}” was deleted.',
    changedBy: '{{name}} has changed “{{title}}” since. Look at it again, then delete it.',
    changed: '“{{title}}” has just been changed by somebody else. Look at it again before you delete it.',
  },
};
