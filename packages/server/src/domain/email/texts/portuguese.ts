import type { Texts } from './words.ts';

/** The mails in Portuguese. */
export const PORTUGUESE: Texts = {
  verify_email: {
    subject: 'Confirme o seu endereço de e-mail',
    text: 'Confirme que {{email}} é o seu endereço em {{site}}.',
    button: 'Confirmar o endereço',
    after: 'O link é válido por 24 horas. Se não se registou em {{site}}, ignore esta mensagem.',
  },
  reset_password: {
    subject: 'Definir uma nova senha',
    text: 'Alguém, esperamos que você, pediu uma nova senha para a sua conta em {{site}}.',
    button: 'Definir uma nova senha',
    after:
      'O link é válido por uma hora e uma só vez. Se não a pediu, ignore esta mensagem: a sua senha não muda.',
  },
  set_up: {
    subject: 'Defina a sua palavra-passe',
    text: 'Foi criada uma conta para si em {{site}}. Defina uma palavra-passe para a usar.',
    button: 'Definir palavra-passe',
    after: 'A ligação é válida durante 24 horas e só uma vez. Se não conhece {{site}}, ignore esta mensagem.',
  },
  change_email: {
    subject: 'Confirme o seu novo endereço de e-mail',
    text: 'Você pediu para usar este endereço na sua conta em {{site}}.',
    button: 'Usar este endereço',
    after: 'O link é válido por uma hora. Se não o pediu, ignore esta mensagem.',
  },
  revert_email: {
    subject: 'O seu endereço de e-mail foi alterado',
    text: 'A sua conta em {{site}} tem agora outro endereço de e-mail. Se foi você, não há nada a fazer. Se não foi, desfaça a alteração.',
    button: 'Desfazer a alteração',
    after:
      'O link é válido por 7 dias. Ele encerra todas as sessões, e enviamos um link para definir uma nova senha.',
  },
  email_changed: {
    subject: 'O seu endereço de e-mail foi alterado',
    text: 'A sua conta em {{site}} tem agora outro endereço de e-mail. Se foi você, não há nada a fazer.',
    after: 'Se não foi você, entre em contacto com {{site}}.',
  },
  password_changed: {
    subject: 'A sua senha foi alterada',
    text: 'A senha da sua conta em {{site}} foi alterada, e todas as sessões foram encerradas.',
    after: 'Se não foi você, defina já uma nova senha.',
  },
  new_device: {
    subject: 'Novo acesso à sua conta',
    text: 'Alguém entrou na sua conta em {{site}} a partir de um novo dispositivo, do endereço {{ip}}.',
    after: 'Se foi você, não há nada a fazer. Se não foi, altere já a sua senha.',
  },
  already_registered: {
    subject: 'Você já tem uma conta',
    text: 'Alguém, talvez você, quis registar-se em {{site}} com este endereço. Você já tem uma conta: entre ou defina uma nova senha.',
    after: 'Se não foi você, não há nada a fazer.',
  },
  reset_email: {
    subject: 'Alterar o seu endereço de e-mail',
    text: 'Alguém, esperamos que você, pediu para alterar o endereço de e-mail da sua conta em {{site}}.',
    button: 'Alterar o endereço',
    after: 'O link é válido por uma hora e uma só vez. Se não o pediu, ignore esta mensagem.',
  },
  reset_username: {
    subject: 'Escolher um novo nome de utilizador',
    text: 'Alguém, esperamos que você, pediu para alterar o nome de utilizador da sua conta em {{site}}.',
    button: 'Escolher um novo nome',
    after: 'O link é válido por uma hora e uma só vez. Se não o pediu, ignore esta mensagem.',
  },
  take_back_account: {
    subject: 'A sua conta foi eliminada',
    text: 'A sua conta em {{site}} foi eliminada. Agora ninguém a pode usar, e depois de {{date}} tudo o que ela contém será apagado. Até lá, pode recuperá-la.',
    button: 'Recuperar a conta',
    after: 'Se foi você, não há nada a fazer. Se não foi, recupere a conta e defina já uma nova senha.',
  },
};
